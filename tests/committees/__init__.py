"""Tests of institutions, committees, mandates and functions."""
