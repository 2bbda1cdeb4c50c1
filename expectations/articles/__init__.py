"""The row suite: what every staged article must be before a reader may see it."""
