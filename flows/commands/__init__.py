"""What each command does: one module a family, imported when it is called."""
