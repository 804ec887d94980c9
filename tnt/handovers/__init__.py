"""What becomes of the open actions and objectives of a group that stops: each is closed, or handed over.

The words are « clore » (with the reason that the act keeps) and « confier » (to a person, an institution or
another group). The answers are kept with the motion and applied with the act; start with `services.py`.
"""
