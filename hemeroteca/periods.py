"""Dates as people say them: ISO 8601 at once, "last week", "hier", "tháng 12 năm 2024" through dateparser.

What is said means a span (a day, a week, a month, a year): `--since` takes its first day, `--until` its last.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

from archive.errors import UsageError

_ISO_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")
_LAST = re.compile(r"\b(derni(?:er|ère)|passée?|pasad[oa]|scors[oa])\b", re.IGNORECASE)
_LANGUAGES = (
    "en",
    "fr",
    "vi",
    "es",
    "pt",
    "de",
    "it",
    "zh",
    "ru",
    "ar",
    "ja",
    "ko",
    "th",
    "id",
    "nl",
    "pl",
    "tr",
)
_BUDDHIST_FROM, _BUDDHIST_OFFSET = 2440, 543


def since(
    text: str | None,
    now: datetime | None = None,
    languages: tuple[str, ...] = (),
    *,
    option: str = "--since",
) -> str | None:
    """Return the beginning of what is said as an ISO date or time.

    Raises UsageError, which names the option, where it says nothing.
    """
    return _edge(text, option, 0, now, languages)


def until(
    text: str | None,
    now: datetime | None = None,
    languages: tuple[str, ...] = (),
    *,
    option: str = "--until",
) -> str | None:
    """Return the end of what is said, itself included, as an ISO date or time. Raises UsageError."""
    return _edge(text, option, 1, now, languages)


def _edge(
    text: str | None, option: str, edge: int, now: datetime | None, languages: tuple[str, ...]
) -> str | None:
    if text is None:
        return None
    said = text.strip()
    if _ISO_DAY.fullmatch(said):
        _check(said, option)
        return said
    if _ISO_TIME.match(said):
        try:
            return datetime.fromisoformat(said).isoformat()
        except ValueError as error:
            raise UsageError(f"{option}: '{text}': {error}") from error
    span = _span(said, now or datetime.now().astimezone(), languages)
    if span is None:
        raise UsageError(
            f"{option}: '{text}' is no date that can be read; write 2024-12-31, or words such as 'last week'"
        )
    return span[edge].isoformat()


def _check(text: str, option: str) -> None:
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError as error:
        raise UsageError(f"{option}: there is no day {text}") from error


def _span(text: str, now: datetime, languages: tuple[str, ...]) -> tuple[date, date] | None:
    import dateparser.date
    import dateparser.languages.loader

    known = set(dateparser.languages.loader.default_loader.get_locale_map())
    wanted = [code for code in dict.fromkeys((*languages, *_LANGUAGES)) if code in known]
    parser = dateparser.date.DateDataParser(
        languages=wanted,
        use_given_order=True,
        settings={
            "RELATIVE_BASE": now.replace(tzinfo=None),
            "PREFER_DATES_FROM": "past",
            "PREFER_DAY_OF_MONTH": "first",
        },
    )
    for candidate in dict.fromkeys((text, _LAST.sub(" ", text).strip())):
        found = parser.get_date_data(candidate) if candidate else None
        if found is not None and found.date_obj is not None:
            return _expanded(found.date_obj.date(), str(found.period))
    return None


def _expanded(day: date, period: str) -> tuple[date, date]:
    if day.year >= _BUDDHIST_FROM:  # Thai calendar
        day = day.replace(year=day.year - _BUDDHIST_OFFSET, day=min(day.day, 28))
    if period == "year":
        return day.replace(month=1, day=1), day.replace(month=12, day=31)
    if period == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return day, day
