"""Journeys in a real browser: Chromium before the whole application, served with its demonstration."""
