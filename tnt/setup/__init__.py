"""Loads the real programme and the demonstration data."""
