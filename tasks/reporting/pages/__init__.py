"""One module for each kind of page: what it says of its rows, in the order a reader wants it."""
