"""Institutions, committees, mandates and functions; the rights of the day. Start with rules.py."""
