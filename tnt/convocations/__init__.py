"""Acts by which a meeting is announced: convene, postpone, cancel, with what was sent."""
