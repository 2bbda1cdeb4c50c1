"""Whether a staged batch is fit to print: declared checks, and an audit that trusts no silence."""
