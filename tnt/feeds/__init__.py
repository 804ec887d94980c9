"""Calendar subscriptions and the feeds that programs read over HTTP."""
