"""`open_archive`: a collection for Python users."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from archive.index.search import Search
from archive.settings import load_settings


def open_archive(folder: str | PathLike[str]) -> Search:
    """Open a collection's index for reading: search, articles, versions, captures, links, runs, numbers.

    It is a context manager, and can be used beside a running crawl. Raises IndexStoreError where there is no
    index.
    """
    return Search.open(load_settings(Path(folder).absolute()).index_path)
