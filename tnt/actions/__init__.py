"""What decisions ask people to do, until proven done (« Suites données »)."""
