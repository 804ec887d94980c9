"""The fund that the orientation committee steers: ceiling, axes, flat grants, with their sources."""
