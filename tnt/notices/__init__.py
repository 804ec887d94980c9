"""Reminders and the scheduler's list of jobs."""
