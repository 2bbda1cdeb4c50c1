"""Whether a batch is fit to print: the checks and the auditor that runs them."""
