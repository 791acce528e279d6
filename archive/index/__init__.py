"""index.db: what the WARC files hold, made searchable. A cache: it can be deleted and rebuilt, row for row.

`store.Index` writes, `search.Search` reads; `tables` says what every column means.
"""
