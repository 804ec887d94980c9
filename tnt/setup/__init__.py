"""Loads the real programme and the demonstration data.

Start with programme_loader.py; facts.py turns the statements of the file into rows.
"""
