"""The ordered items of a meeting, each with its kind, rapporteur, minutes and draft decision."""
