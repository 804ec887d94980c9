"""Reads that put together what the features below hold, on a day."""
