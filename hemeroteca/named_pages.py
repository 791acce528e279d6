"""Pages as a command line names them: saved files, and addresses that are archived."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import attrs
from attrs import frozen

from archive.errors import NothingFoundError, UsageError
from archive.index.search import Search
from archive.model import Page
from archive.settings import Settings
from hemeroteca.options import is_collection, moment


@frozen
class Saved:
    """What the command line says of saved files."""

    url: str | None
    fetched_at: str | None


def named_page(settings: Settings, name: str, saved: Saved) -> Page:
    """Return the page that is meant. Raises UsageError; NothingFoundError for what is not archived."""
    if Path(name).is_file():
        return _saved_page(settings, Path(name), saved)
    if "://" not in name:
        raise UsageError(f"{name}: no such file")
    return _stored_page(settings, name)


def _saved_page(settings: Settings, path: Path, saved: Saved) -> Page:
    """Return the page of a file; its address is the one given, else the canonical one that it states."""
    from archive.extract.page import parse
    from archive.saved import page_of_file
    from archive.urls import absolute

    now = moment(saved.fetched_at, "--fetched-at") or datetime.now(UTC)
    page = page_of_file(
        path, url=saved.url or "", fetched_at=now, content_type=None, limit=settings.max_payload_bytes
    )[0]
    if saved.url is not None:
        return page
    parsed = parse(page)
    stated = (parsed.canonical_href, parsed.first_meta("og:url")) if parsed is not None else ()
    url = next((address for one in stated if one and (address := absolute("", one))), None)
    if url is None:
        raise UsageError(f"{path}: a saved file that does not say its address needs --url")
    return attrs.evolve(page, url=url)


def _stored_page(settings: Settings, url: str) -> Page:
    from hemeroteca.archived import Archived

    if not is_collection(settings.collection):
        raise NothingFoundError(
            f"{url}: no collection here that could hold it; save the page and give its file"
        )
    with Search.open(settings.index_path) as search:
        archived = Archived(settings, search)
        row = archived.latest(url)
        if row is None:
            raise NothingFoundError(f"{url}: not archived; hemeroteca capture {url} archives it")
        return archived.page(row)
