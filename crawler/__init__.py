"""What fetches: a download handler that keeps the bytes, discovery, a durable frontier. Needs Scrapy."""
