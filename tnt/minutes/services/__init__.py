"""What can be done to minutes: writing, circulation, approval."""
