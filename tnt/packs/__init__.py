"""The pack of a session (dossier de séance): built apart, frozen once sent, completed by supplements.

A pack is made in two steps: a snapshot of the data as plain JSON, then documents rendered from it and from
nothing else (PDF with the papers merged in, ODT, ZIP). Number 0 is the pack, number n its n-th supplement
(« additif »). Start with rules.py: the life of a pack, and what changed since it was sent.
"""
