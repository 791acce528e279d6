"""Where new articles are found: section pages, load-more endpoints, feeds, sitemaps, robots.txt.

Pure functions over bytes or parsed pages. They return links with what the list said of them; what is fetched,
and when, is decided elsewhere (crawler.frontier).
"""
