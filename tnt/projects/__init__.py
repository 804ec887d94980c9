"""Workstreams and project groups; a group's status is its latest decision in force."""
