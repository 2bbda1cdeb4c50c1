"""What a page says about itself, each field decided by comparing every place that states it."""
