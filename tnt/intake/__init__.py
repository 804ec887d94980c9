"""What waits for a committee's agenda: requests, opinions to confirm, deferred items."""
