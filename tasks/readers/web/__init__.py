"""The web, politely and safely: pages, feeds and sitemaps, one request at a time per origin."""
