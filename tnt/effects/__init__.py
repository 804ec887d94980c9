"""From a kind of act to the lower service that carries it out; the preview of what will happen."""
