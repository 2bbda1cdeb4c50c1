"""The report site on disk: which pages are out of date, what they are made of, where they lie."""
