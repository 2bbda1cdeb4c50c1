"""What is done to a document: verbs are Prefect tasks, nouns are rooms of plain Python."""
