"""What fetches: a Scrapy download handler that keeps the bytes, discovery, a durable frontier. Needs Scrapy."""
