"""Tests of the page of roadmap."""
