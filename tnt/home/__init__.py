"""One page per role: what awaits me; reads all, writes nothing."""
