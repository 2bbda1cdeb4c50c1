"""What is usual for a site, and whether a batch of its pages is: the checks that know history."""
