"""Tests of the page of fund."""
