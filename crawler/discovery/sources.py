"""Which lists of a site are still worth asking: feeds and sitemaps die, and are not asked for ever.

A list that gives nothing `BEFORE_REST` times in a row is retired: it rests, first for hours, then for days,
and is tried again after each rest. One good answer brings it back. What it was like stands in the record of
every run (SourceState), so it is known from the WARC alone. A site of which every list fails has another
trouble than dead lists: then all are asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from attrs import define

from archive.counting import count_of
from archive.summary import SourceOutcome, SourceState

BEFORE_REST = 3
FIRST_REST = timedelta(hours=6)
LONGEST_REST: dict[str, timedelta] = {
    "gone": timedelta(days=14),
    "failed": timedelta(days=3),
    "unreadable": timedelta(days=3),
    "empty": timedelta(days=1),
    "stale": timedelta(days=1),
}
"""What may come back at any hour is asked daily: an article missed costs more than a request."""
GUESS = "looked for, not there"
STALE_DAYS = 60
"""So far behind the newest of the site's other lists, a feed is not fed any more."""
MAX_SOURCES = 500
"""Of one site; more are not kept track of."""
_WORSE: dict[str, int] = {"good": 0, "stale": 1, "empty": 2, "unreadable": 3, "gone": 4, "failed": 5}


def after(
    before: SourceState | None,
    *,
    url: str,
    role: str,
    outcome: SourceOutcome,
    now: datetime,
    detail: str | None = None,
    newest: str | None = None,
    guessed: bool = False,
) -> SourceState:
    """Return how a source is doing after it was asked once more."""
    good_at = before.good_at if before is not None else None
    if outcome == "good":
        return SourceState(
            url=url, role=role, outcome=outcome, detail=detail, tried_at=now, good_at=now, newest=newest
        )
    bad = (before.bad_in_row if before is not None else 0) + 1
    if guessed and good_at is None:
        return SourceState(
            url=url,
            role=role,
            outcome=outcome,
            detail=GUESS,
            tried_at=now,
            bad_in_row=bad,
            rests_until=now + LONGEST_REST["gone"],
        )
    rest = None
    if bad >= BEFORE_REST:
        rest = min(LONGEST_REST[outcome], FIRST_REST * 2 ** min(bad - BEFORE_REST, 10))
    return SourceState(
        url=url,
        role=role,
        outcome=outcome,
        detail=detail,
        tried_at=now,
        bad_in_row=bad,
        good_at=good_at,
        newest=newest or (before.newest if before is not None else None),
        rests_until=now + rest if rest is not None else None,
    )


@define(eq=False)
class _Asked:
    """What one source gave in this run; of several addresses (dated sitemaps) the best."""

    role: str
    outcome: SourceOutcome
    detail: str | None
    newest: str | None
    guessed: bool = False
    """Nothing named it; it was only looked whether it is there."""


class SourceBook:
    """The sources of one site in one run: which rest, what the others gave."""

    def __init__(
        self,
        known: Iterable[SourceState],
        now: datetime,
        seeds: Collection[str] = (),
        names: Mapping[str, str] | None = None,
    ) -> None:
        """`known`: as earlier runs left them; `seeds`: where the run begins; `names`: of dated sitemaps, the
        pattern of each address.
        """
        self._before = {state.url: state for state in known}
        self._names = dict(names or {})
        self._asked: dict[str, _Asked] = {}
        resting = {
            url
            for url, state in self._before.items()
            if state.rests_until is not None and now < state.rests_until
        }
        # Where nothing would be asked at all, it is not the lists that are dead.
        self.resting = (
            resting if any(self.name_of(url) not in resting for url in seeds) or not seeds else set()
        )

    def name_of(self, url: str) -> str:
        """Return the name under which an address is kept track of."""
        return self._names.get(url, url)

    def rename(self, url: str, like: str) -> None:
        """Keep track of an address under the name of another, whose other spelling it is."""
        self._names[url] = self.name_of(like)

    def rests(self, url: str) -> bool:
        """Tell whether a list is not to be asked in this run."""
        return self.name_of(url) in self.resting

    def note(
        self,
        url: str,
        role: str,
        outcome: SourceOutcome,
        *,
        detail: str | None = None,
        newest: str | None = None,
        guessed: bool = False,
    ) -> None:
        """Take in what a list gave. What was only `guessed` and is not there rests at once."""
        name = self.name_of(url)
        there = self._asked.get(name)
        if there is None:
            if len(self._asked) < MAX_SOURCES:
                self._asked[name] = _Asked(role, outcome, detail, newest, guessed)
            return
        if _WORSE[outcome] < _WORSE[there.outcome]:
            there.outcome, there.detail = outcome, detail
        there.newest = max(there.newest or "", newest or "") or None

    def states(self, now: datetime) -> tuple[SourceState, ...]:
        """Return how every source is doing now, those not asked as they were; in order of address."""
        newest = max((asked.newest or "" for asked in self._asked.values()), default="")
        found = dict(self._before)
        for url, asked in self._asked.items():
            outcome, detail = asked.outcome, asked.detail
            if outcome == "good" and asked.role == "feed" and _is_behind(asked.newest, newest):
                outcome, detail = "stale", f"nothing since {(asked.newest or '')[:10]}"
            found[url] = after(
                self._before.get(url),
                url=url,
                role=asked.role,
                outcome=outcome,
                now=now,
                detail=detail,
                newest=asked.newest,
                guessed=asked.guessed,
            )
        return tuple(found[url] for url in sorted(found))[:MAX_SOURCES]

    def retired(self, states: Iterable[SourceState]) -> list[SourceState]:
        """Return the sources that this run has retired: those that rest now and did not before."""
        return [
            state
            for state in states
            if state.bad_in_row == BEFORE_REST
            and state.detail != GUESS
            and (self._before.get(state.url) is None or self._before[state.url].bad_in_row < BEFORE_REST)
        ]


def at_rest(states: Iterable[SourceState]) -> list[SourceState]:
    """Return the lists that were retired: not what was only looked for, and is not there."""
    return [state for state in states if state.rests_until is not None and state.detail != GUESS]


def _is_behind(newest: str | None, others: str) -> bool:
    if not newest or not others:
        return False
    try:
        behind = datetime.fromisoformat(others[:10]) - datetime.fromisoformat(newest[:10])
    except ValueError:
        return False
    return behind > timedelta(days=STALE_DAYS)


def reason_of(state: SourceState) -> str:
    """Return why a source gives nothing."""
    why = {
        "empty": "lists nothing",
        "unreadable": f"is no {state.role}",
        "stale": "is behind the others",
        "gone": "is not there",
        "failed": "fails",
        "good": "is good",
    }[state.outcome]
    return f"{why} ({state.detail})" if state.detail else why


def reasons_of(states: Iterable[SourceState]) -> dict[str, str]:
    """Return why sources give nothing, by address."""
    return {state.url: reason_of(state) for state in states if state.outcome != "good"}


def words_of(state: SourceState) -> str:
    """Return what there is to say of a source that gives nothing."""
    last = f", last good {state.good_at:%Y-%m-%d %H:%M} UTC" if state.good_at else ""
    rest = f"; asked again after {state.rests_until:%Y-%m-%d %H:%M} UTC" if state.rests_until else ""
    row = f"{count_of(state.bad_in_row, 'time')} in a row"
    return f"{state.role} {state.url} {reason_of(state)}, {row}{last}{rest}"
