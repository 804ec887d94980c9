"""Tests of the page of territories."""
