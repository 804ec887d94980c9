"""Regions and départements of France, keyed by (kind, code). Start with models.py."""
