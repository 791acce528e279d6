"""What a crawl that ended in order has not done, and why: closed hours, lists in which there is nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from archive.counting import count_of
from archive.summary import Alarm
from crawler.politeness import hours_in_words, is_open
from crawler.session import Session

_READ = ("articles", "known", "new_versions", "unchanged", "not_modified", "precluded")
"""Counts of which any says that there was more than nothing, or another reason."""


def closed_hours(session: Session, now: datetime) -> str | None:
    """Say for which hours the rest of the queue waits; None where nothing waits, or nothing keeps it."""
    site, queued = session.target.site, session.counts["queued"]
    if session.target.mode != "crawl" or site is None or not site.politeness.hours or not queued:
        return None
    zone = site.timezone or "UTC"
    if is_open(site.politeness.hours, now.astimezone(ZoneInfo(zone) if site.timezone else UTC)):
        return None
    waits = count_of(queued, "address waits", "addresses wait")
    hours = hours_in_words(site.politeness.hours)
    return f"outside its hours: {waits} for a run between {hours} ({zone})"


def nothing_found(session: Session) -> Alarm | None:
    """Tell where the front page and the lists of a paper were read and name no article that is one."""
    counts, target = session.counts, session.target
    read = counts["fetched"] - counts["failures"]
    # One section of a known paper may well be empty; where nothing is known, nothing found is worth a word.
    known = target.site is not None and not session.whole
    if target.mode != "crawl" or known or read <= 0 or counts["failures"] or counts["queued"]:
        return None
    if not session.settings.extract and counts["found"]:
        return None  # archived only: what the pages are is not known yet
    if any(counts[name] for name in _READ) or (counts["listed"] and not counts["found"]):
        return None
    first = next((url for url, role in target.seeds if role != "robots"), target.name)
    pages = count_of(read, "answer was", "answers were")
    named = count_of(counts["found"], "address", "addresses")
    what = f"none of {named} that the lists name is an article" if counts["found"] else "no list names any"
    if target.site is not None and target.site.render.wanted:
        how = "rendered pages are empty, too: see wait_for and hosts of its [render]"
    elif target.site is not None:
        how = "where scripts build the pages, the profile needs [render]"
    else:
        how = (
            f"where scripts build the pages, it needs a profile (hemeroteca sites new {first}) with [render]"
        )
    return Alarm(
        code="nothing_found",
        subject=first,
        detail=f"no article: {pages} read, {what}; {how}: docs/how-to/render-with-a-browser.md",
    )
