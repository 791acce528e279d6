"""Hemeroteca, a news archive that can be cited. The names below are for Python users.

    from hemeroteca import Query, open_archive

    with open_archive("press") as archive:           # a folder made by `hemeroteca init`
        for hit in archive.search(Query(text="cybercriminalité")).hits:
            print(hit.title)

Names are loaded when they are first used: importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.errors import HemerotecaError
    from archive.extract import extract
    from archive.index.search import Query
    from archive.model import Article, Extraction, Page
    from archive.sites.registry import Registry
    from hemeroteca.opening import open_archive

__all__ = [
    "Article",
    "Extraction",
    "HemerotecaError",
    "Page",
    "Query",
    "Registry",
    "extract",
    "open_archive",
]

_HOMES = {
    "Article": "archive.model",
    "Extraction": "archive.model",
    "HemerotecaError": "archive.errors",
    "Page": "archive.model",
    "Query": "archive.index.search",
    "Registry": "archive.sites.registry",
    "extract": "archive.extract",
    "open_archive": "hemeroteca.opening",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'hemeroteca' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
