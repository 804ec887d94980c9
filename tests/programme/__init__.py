"""Tests of the programme’s facts, periods and days."""
