"""index.db: a cache of the WARC files for people, with full-text search in every script."""
