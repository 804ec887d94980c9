"""Between sessions: the written consultation and the interim measure. Start with rules.py."""
