"""The papers of a session's items, those that are expected and from whom, and the board that prepares it.

Start with rules.py: what may be uploaded, and the life of an expected paper.
"""
