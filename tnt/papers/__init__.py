"""The papers of a session's items, those that are expected and from whom, and the board that prepares it.

A paper (« pièce ») hangs on an item of an agenda, or on the entry of the intake that the item came back to.
It may be asked of an author before it exists. Each file handed in is a version; what members read, and what
the pack holds, is the last version that the secretariat validated. Start with rules.py: what a paper may be,
and the life of an expected one.
"""
