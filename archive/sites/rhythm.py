"""Readers of what a [schedule] says: spans of time, rhythms, windows. See `readers` for how readers work."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from cronsim import CronSim, CronSimError

from archive.sites.readers import Mistakes, Reader, kind_of, text_of

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
LEAST_SECONDS = 60.0
"""A crawl of a newspaper takes a while, and `schedule run-due` is called every minute at the most."""
_WINDOW = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*((?:[01]\d|2[0-3]):[0-5]\d)")


def _duration(value: Any, path: str, mistakes: Mistakes) -> float | None:
    text = text_of(value, path, mistakes)
    if text is None:
        return None
    seconds = span(text)
    if seconds is None:
        mistakes.add(path, f'{value!r} is not a span of time: write "30min", "1h" or "1d"')
        return None
    return seconds


def span(text: str) -> float | None:
    """Return the seconds of a span of time as profiles write it ("30min", "1h"); None where it is none."""
    match = _DURATION.fullmatch(text.strip())
    return float(match[1]) * _SECONDS[match[2]] or None if match else None


def adaptive_bounds(text: str) -> tuple[float | None, float | None] | None:
    """Return the shortest and the longest span of "adaptive 15min-6h", (None, None) of "adaptive" alone."""
    word, _, bounds = text.strip().partition(" ")
    if word != "adaptive":
        return None
    if not bounds:
        return None, None
    least, most = (span(part) for part in [*bounds.split("-"), ""][:2])
    return (least, most) if least and most and least <= most and bounds.count("-") == 1 else None


def _rhythm(value: Any, path: str, mistakes: Mistakes) -> str | None:
    text = text_of(value, path, mistakes)
    if text is None:
        return None
    problem = rhythm_problem(text)
    if problem:
        mistakes.add(path, problem)
        return None
    return text


def rhythm_problem(text: str) -> str | None:
    """Say what is wrong with a span, a cron expression or "adaptive"; None where it is one of them."""
    every, bounds = span(text), adaptive_bounds(text)
    if (every is not None and every < LEAST_SECONDS) or (bounds and bounds[0] and bounds[0] < LEAST_SECONDS):
        return f"{text!r} is too often: a run every minute (1min) is the most"
    if every is not None or bounds is not None:
        return None
    if len(text.split()) != 5:
        return (
            f'{text!r} is not a rhythm: write a span ("30min", "1h", "1d"), five cron fields'
            ' ("15 6-22 * * *"), "adaptive" or "adaptive 15min-6h"'
        )
    try:
        next(CronSim(text, datetime(2026, 1, 1)))  # noqa: DTZ001  # only asked whether there is one
    except CronSimError as error:
        return f"{text!r} is not a cron expression: {error}"
    except StopIteration:
        return f"{text!r} names a day that never comes"
    return None


def _window(value: Any, path: str, mistakes: Mistakes) -> str | None:
    text = text_of(value, path, mistakes)
    if text is None:
        return None
    match = _WINDOW.fullmatch(text)
    if not match or match[1] == match[2]:
        mistakes.add(path, f'{value!r} is not a window: write it as "06:00-23:00"')
        return None
    return text


def _rhythms(value: Any, path: str, mistakes: Mistakes) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        mistakes.add(path, f"must be a table of section = rhythm, not {kind_of(value)}")
        return None
    found = {name: _rhythm(rhythm, f"{path}.{name}", mistakes) for name, rhythm in value.items()}
    return {name: rhythm for name, rhythm in found.items() if rhythm is not None}


def _choice(*words: str) -> Callable[[Any, str, Mistakes], str | None]:
    def read(value: Any, path: str, mistakes: Mistakes) -> str | None:
        if value in words:
            return str(value)
        mistakes.add(path, f"must be {' or '.join(words)}, not {value!r}")
        return None

    return read


def _flag(value: Any, path: str, mistakes: Mistakes) -> bool | None:
    if isinstance(value, bool):
        return value
    mistakes.add(path, f"must be true or false, not {kind_of(value)}")
    return None


DURATION = Reader('span of time ("30min", "1h", "1d")', _duration)
RHYTHM = Reader('span of time, cron expression, or "adaptive"', _rhythm)
RHYTHMS = Reader("table of section = rhythm", _rhythms)
WINDOW = Reader('times of day ("06:00-23:00")', _window)
CATCH_UP = Reader("once or skip", _choice("once", "skip"))
FLAG = Reader("true or false", _flag)
