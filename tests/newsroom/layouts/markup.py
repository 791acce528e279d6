"""Small pieces of HTML, escaped, and what every layout needs of the newspaper."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from archive.model import Photo
from tests.newsroom.articles import HOME_ZONE, Section, Story
from tests.newsroom.languages import Language
from tests.newsroom.newsroom import Newsroom

PAPER = "Le Courrier de l’Ambre"
"""Name of the newspaper."""
PLACEHOLDER = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
"""What lazy images show until a script replaces it."""


def esc(text: str | None) -> str:
    """Escape text for element content and for attributes in double quotes."""
    return escape(text or "", quote=True)


def lines(parts: Iterable[str]) -> str:
    """Join pieces, one a line."""
    return "\n".join(part for part in parts if part)


def script_json(data: Any) -> str:
    """Return JSON that may stand in a script element."""
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def home_time(moment: datetime) -> datetime:
    """Return a moment on the clock of the newspaper's home."""
    return moment.astimezone(ZoneInfo(HOME_ZONE))


def visible_date(moment: datetime) -> str:
    """Return "26/12/2024 08:37", home time, no zone: what readers see in every layout."""
    return home_time(moment).strftime("%d/%m/%Y %H:%M")


def credit_line(photo: Photo, language: Language) -> str:
    """Return the credit with the edition's label, "" where there is none."""
    return f"{language.labels['photo']}{photo.credit}" if photo.credit else ""


def card_alt(story: Story) -> str:
    """Return the alt text of a story's thumbnail: caption with credit on some, else the title."""
    photo = story.article.photos[0] if story.article.photos else None
    if story.card_caption and photo and photo.caption:
        return f"{photo.caption} {credit_line(photo, story.section.language)}".strip()
    return story.article.title or ""


def thumbnail(story: Story) -> str:
    """Return the path of a story's thumbnail."""
    return f"/images/thumb/{story.number}.jpg"


def tag_path(section: Section, tag: str) -> str:
    """Return the path of a tag's page."""
    return f"/tag/{section.lang}/{quote(tag, safe='')}/"


def api_path(zone: int, page: int) -> str:
    """Return the path of the load-more endpoint."""
    return f"/api/more/{zone}/{page}.json"


def pages_of(newsroom: Newsroom, section: Section) -> int:
    """Return how many list pages a section has."""
    return max(1, -(-len(newsroom.in_section(section)) // newsroom.page_size))


def page_of(newsroom: Newsroom, section: Section, number: int) -> list[Story]:
    """Return the stories on a list page, 1-based."""
    start = (number - 1) * newsroom.page_size
    return newsroom.in_section(section)[start : start + newsroom.page_size]


def most_read(newsroom: Newsroom, section: Section) -> list[Story]:
    """Return five stories of the edition for the most-read box: not the newest."""
    found = [story for story in newsroom.stories if story.section.lang == section.lang]
    return found[:5]


def direction(language: Language) -> str:
    """Return the dir attribute, with a space before it, or nothing."""
    return ' dir="rtl"' if language.rtl else ""


TRACKER = """<script>
(function(w,d){w.dataLayer=w.dataLayer||[];function push(){w.dataLayer.push(arguments)}
push({"event":"page","note":"<p>This text is inside a script and is not part of any article.</p>"});
if(d.cookie.indexOf("seen=1")<0){d.cookie="seen=1;path=/"}})(window,document);
</script>"""
"""An inline script with markup in a string."""
