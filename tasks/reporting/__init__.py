"""Rows become pages: HTML of a site that works from disk, with nothing of the world in it."""
