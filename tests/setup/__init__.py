"""Tests of what loads the programme and the demonstration."""
