"""How far back a list reaches: what its stories' dates say, and when to stop turning its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from crawler.discovery.links import Candidate

ENOUGH_DATES = 3
"""Dated stories from which a page of a list says how old it is; fewer where it has no more stories."""
URL_MARGIN = timedelta(days=2)
"""A date in an address is that of the site's zone, and of the first draft: not taken to the day."""
_URL_DATE = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?P<sep>[-_/]?)(?P<month>0[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:(?P=sep)(?P<day>0[1-9]|[12]\d|3[01]))?(?![\d])",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def is_older(date: str | None, since: datetime | None) -> bool:
    """Tell whether a date that a list states lies before `since` (a day without a time: before that day)."""
    if date is None or since is None:
        return False
    if len(date) == 10:
        return date < since.date().isoformat()
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return False
    return moment < since if moment.tzinfo else moment < since.replace(tzinfo=None)


def day_in(url: str) -> date | None:
    """Return the day that an address names: /2019/01/05/, /20190105, /2019/jan/05; of a month its last."""
    match = _URL_DATE.search(url.partition("://")[2].partition("?")[0])
    if match is None or (not match["sep"] and not match["day"]):
        return None
    year, name = int(match["year"]), match["month"].lower()
    month = _MONTHS.index(name) + 1 if name in _MONTHS else int(name)
    if match["day"] is None:
        return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    try:
        return date(year, month, int(match["day"]))
    except ValueError:
        return None


def story_is_older(story: Candidate, since: datetime | None) -> bool:
    """Tell whether a story lies before `since`, by what its list states, else by the day in its address."""
    if since is None:
        return False
    if story.date is not None:
        return is_older(story.date, since)
    day = day_in(story.url)
    return day is not None and day < since.astimezone(UTC).date() - URL_MARGIN


def all_older(
    stories: Iterable[Candidate], since: datetime | None, published: Mapping[str, str] | None = None
) -> bool:
    """Tell whether every story of a list of which a date is known is older than `since`: what follows is
    older still.

    `published`: by address, the dates of stories that the archive has.
    """
    if since is None:
        return False
    listed = list(stories)
    published = published or {}
    known = [story for story in listed if story.date or day_in(story.url) or story.url in published]
    if not known or len(known) < min(ENOUGH_DATES, len(listed)):
        return False
    return all(story_is_older(story, since) or is_older(published.get(story.url), since) for story in known)
