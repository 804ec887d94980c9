"""The meeting as it is held: roll call, and each item's outcome, wording, vote and actions."""
