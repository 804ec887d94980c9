"""Semester objectives: proposed, adopted by decision, scored by decision, with a follow-up."""
