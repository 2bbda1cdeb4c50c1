"""The wordings that rules look for: one module per room of a page, one phrase a line."""
