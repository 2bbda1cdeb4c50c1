"""Two readings of one payload, by the rules of then and of now: what would change."""
