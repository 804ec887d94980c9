"""The meeting of a committee: its dates, its state, its place in the cadence, its calendar event."""
