"""The scheduler and what it does."""
