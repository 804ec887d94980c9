"""Progress reports of project groups: météo, done, coming, arbitration. Append-only."""
