"""Read-only views over groups: the portfolio on any date, the story of a group."""
