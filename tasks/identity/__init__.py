"""Which article a document is, and what is new about it: deciding without doing."""
