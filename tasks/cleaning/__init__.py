"""What makes an extraction an article: leftovers out, reasons to refuse, canonical addresses."""
