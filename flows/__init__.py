"""When: the orchestrated line and the commands that start it."""
