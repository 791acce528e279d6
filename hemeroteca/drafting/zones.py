"""A newspaper's time zone, from the offsets of its articles' times: only where one zone alone fits them.

Which zones a country has stands in the time zone database (zone.tab). Zones that have shown the same time
since 2010 are one here: which of them is written makes no difference to any time since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from attrs import frozen

from archive.urls import host_of
from hemeroteca.drafting.evidence import Truth
from hemeroteca.drafting.survey import Sample

_SINCE = 2010
_NOT_COUNTRIES = frozenset(
    ("ai", "am", "cc", "co", "eu", "fm", "gg", "io", "la", "ly", "me", "sh", "st", "to", "tv", "ws")
)
"""Domains of countries that papers of all countries use."""
_SECOND = frozenset(("com", "co", "org", "net", "gov", "gob", "edu", "ac", "or", "ne"))
_SPELLED = {"uk": "GB"}
_COUNTRIES = {
    "ar": "EG SA AE QA KW BH OM YE JO LB SY IQ PS LY TN DZ MA SD MR", "az": "AZ", "be": "BY", "bg": "BG",
    "bn": "BD IN", "ca": "ES AD", "cs": "CZ", "da": "DK", "de": "DE AT CH LI", "el": "GR CY",
    "en": "US GB IE CA AU NZ ZA IN PK BD LK SG MY PH HK NG GH KE UG TZ ZM ZW JM TT",
    "es": "ES MX AR CL CO PE VE EC BO PY UY CR PA GT HN NI SV CU DO PR US GQ", "et": "EE", "eu": "ES",
    "fa": "IR AF", "fi": "FI", "fil": "PH", "tl": "PH",
    "fr": "FR BE CH LU MC CA SN ML CI BF BJ TG NE TD CM GA CG CD CF MG MU RE DJ GN HT MA DZ TN", "gl": "ES",
    "he": "IL", "hi": "IN", "hr": "HR BA", "hu": "HU", "hy": "AM", "id": "ID", "is": "IS", "it": "IT CH SM",
    "ja": "JP", "ka": "GE", "kk": "KZ", "km": "KH", "ko": "KR KP", "lo": "LA", "lt": "LT", "lv": "LV",
    "mk": "MK", "mn": "MN", "ms": "MY BN SG", "my": "MM", "nb": "NO", "ne": "NP", "nl": "NL BE SR",
    "nn": "NO", "no": "NO", "pl": "PL", "pt": "PT BR AO MZ CV", "ro": "RO MD", "ru": "RU BY KZ KG",
    "si": "LK", "sk": "SK", "sl": "SI", "sq": "AL XK MK", "sr": "RS BA ME", "sv": "SE FI", "sw": "TZ KE UG",
    "ta": "IN LK SG", "th": "TH", "tr": "TR CY", "uk": "UA", "ur": "PK IN", "uz": "UZ", "vi": "VN",
    "zh": "CN TW HK MO SG",
}  # fmt: skip
"""Countries in whose papers a language is written. A language that is not here tells no country."""


@frozen(kw_only=True)
class ZoneGuess:
    """A zone, or why there is none."""

    name: str | None
    reason: str
    example: str = "Europe/Paris"
    """A zone that may be the one, where several fit."""


Seen = tuple[datetime, timedelta]
"""A moment, and the offset that the paper's clock had then."""


def guess_zone(samples: Sequence[Sample], published: Sequence[Truth | None], url: str) -> ZoneGuess:
    """Return the zone of a newspaper, where offsets, country and language leave no other."""
    seen = list(_offsets(samples, published))
    told = ", ".join(sorted({_spelled(offset) for _, offset in seen}))
    if not seen:
        return ZoneGuess(name=None, reason="no time of the articles tells how far from UTC it is")
    countries, why = _countries(samples, host_of(url))
    if not countries:
        return ZoneGuess(name=None, reason=f"times are at {told}; {why}")
    fitting = [zone for country in countries for zone in _zones().get(country, ()) if _fits(zone, seen)]
    alike = {_behaviour(zone) for zone in fitting}
    if len(alike) == 1:
        return ZoneGuess(name=fitting[0], reason=f"times are at {told}; {why}")
    if not fitting:
        return ZoneGuess(name=None, reason=f"times are at {told}, where no zone fits; {why}")
    named = ", ".join(dict.fromkeys(fitting[:4])) + (" …" if len(fitting) > 4 else "")
    return ZoneGuess(name=None, reason=f"times are at {told}: {named}; {why}", example=fitting[0])


def _offsets(samples: Sequence[Sample], published: Sequence[Truth | None]) -> Iterable[Seen]:
    """Yield the offsets that times state, and those by which a time without a zone differs from its instant.

    An offset of zero says nothing: publishing systems write UTC whatever the clock on the wall shows.
    """
    for sample, truth in zip(samples, published, strict=True):
        for iso in (sample.article.published, sample.article.modified):
            moment = datetime.fromisoformat(iso) if iso and "T" in iso else None
            if moment is None:
                continue
            if moment.tzinfo is None and iso == sample.article.published:
                moment = _placed(moment, truth)
            offset = moment.utcoffset() if moment is not None else None
            if moment is not None and offset:
                yield moment.astimezone(UTC), offset


def _placed(local: datetime, truth: Truth | None) -> datetime | None:
    """Return a local time with the offset by which it differs from the instant that a feed gives."""
    instant = (
        datetime.fromisoformat(truth.values[0]) if truth is not None and "T" in truth.values[0] else None
    )
    if instant is None or instant.tzinfo is None:
        return None
    apart = local.replace(tzinfo=UTC) - instant
    quarters = round(apart / timedelta(minutes=15))
    offset = timedelta(minutes=15) * quarters
    if abs(apart - offset) > timedelta(seconds=90) or not -12 * 4 <= quarters <= 14 * 4:
        return None
    return local.replace(tzinfo=timezone(offset))


def _countries(samples: Sequence[Sample], host: str) -> tuple[list[str], str]:
    """Return the countries that the paper may be of, and what says so: its domain, else its language."""
    labels = host.lower().rstrip(".").split(".")
    last = labels[-1]
    country = _SPELLED.get(last, last.upper())
    generic = last in _NOT_COUNTRIES and not (len(labels) > 2 and labels[-2] in _SECOND)
    if len(labels) > 1 and country in _zones() and not generic:
        return [country], f"the domain is .{last}"
    langs = {sample.article.lang or "" for sample in samples}
    if len(langs) != 1:
        return [], f"articles are in {len(langs)} languages, and .{last} is no country's domain"
    lang = next(iter(langs))
    primary, _, rest = lang.partition("-")
    region = next((part.upper() for part in rest.split("-") if part.upper() in _zones()), None)
    found = [region] if region else _COUNTRIES.get(primary, "").split()
    return found, f"articles are in {lang or 'an unknown language'}"


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    """Return the zones of each country, its chief one first where the database says so."""
    found: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


def _fits(zone: str, seen: Iterable[Seen]) -> bool:
    clock = ZoneInfo(zone)
    return all(moment.astimezone(clock).utcoffset() == offset for moment, offset in seen)


@cache
def _behaviour(zone: str) -> tuple[timedelta | None, ...]:
    """Return the offsets of a zone, twice a month since 2010."""
    clock = ZoneInfo(zone)
    last = datetime.now(UTC).year
    return tuple(
        datetime(year, month, day, 12, tzinfo=clock).utcoffset()
        for year in range(_SINCE, last + 1)
        for month in range(1, 13)
        for day in (1, 15)
    )


def _spelled(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
