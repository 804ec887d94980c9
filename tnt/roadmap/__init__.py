"""The roadmap's axes, in versions validated by decision."""
