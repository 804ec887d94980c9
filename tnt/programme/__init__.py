"""The programme's facts, each with its source, and its periods (semester, quarter). Start with rules.py."""
