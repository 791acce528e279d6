"""What is kept, and how it is read back. Knows nothing of crawling: no Scrapy, no Twisted."""
