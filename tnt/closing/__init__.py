"""Levée, numbering, the record of decisions, visas, and the effects at the last visa."""
