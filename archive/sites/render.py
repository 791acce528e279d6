"""What a profile says of pages that only a browser can show: [render]."""

from __future__ import annotations

from typing import Any

import cssselect
from attrs import frozen

from archive.sites import readers, rhythm
from archive.sites.readers import Mistakes, Reader, key, text_of

LOADABLE = ("images", "fonts", "media")


def _selector(value: Any, path: str, mistakes: Mistakes) -> str | None:
    text = text_of(value, path, mistakes)
    if text is not None and mistakes.deep:
        try:
            cssselect.parse(text)
        except cssselect.SelectorError as error:
            mistakes.add(path, f"{text!r} is no CSS selector: {error}")
            return None
    return text


def _loadable(value: Any, path: str, mistakes: Mistakes) -> tuple[str, ...] | None:
    named = value if isinstance(value, list) else [value]
    for one in named:
        if one not in LOADABLE:
            mistakes.add(path, f"{one!r} is none of {', '.join(LOADABLE)}")
            return None
    return tuple(dict.fromkeys(named))


@frozen(kw_only=True)
class Render:
    """Pages that are empty without their scripts: a browser renders them (hemeroteca[browser])."""

    sections: bool = key(rhythm.FLAG, "Render section pages and the front page.", default=False)
    articles: bool = key(rhythm.FLAG, "Render articles.", default=False)
    wait_for: str | None = key(
        Reader("CSS selector", _selector),
        "The page is ready when something matches this and nothing is being fetched. Not written: when it"
        " has loaded and nothing is being fetched.",
        example=".story-body p, article.card",
    )
    timeout: float = key(
        readers.DELAY,
        "Seconds until a page is taken as it is; waiting for the host's delay does not count.",
        default=30.0,
    )
    requests: int = key(
        readers.POSITIVE, "Requests that the scripts of one page may make, at most.", default=60
    )
    hosts: tuple[str, ...] = key(
        readers.DOMAINS,
        "Hosts that a page may ask beside its own, the profile's domains, and hosts below them.",
        default=(),
        example="api.journal.example",
    )
    load: tuple[str, ...] = key(
        Reader("images, fonts, media, or list", _loadable),
        "What is fetched and archived beside scripts, style sheets and data.",
        default=(),
        example="images",
    )

    @property
    def wanted(self) -> bool:
        """Tell whether anything is to be rendered."""
        return self.sections or self.articles
