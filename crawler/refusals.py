"""Sites that are asked for and cannot be crawled now: they say why, and hold up no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

from archive.errors import BrowserError, ProfileError
from archive.settings import Settings
from archive.sites.broken import BrokenProfile
from archive.summary import RunSummary
from crawler.session import Target


def broken_of(plan: Iterable[Target]) -> list[BrokenProfile]:
    """Return the broken profiles among what is asked for. Raises ProfileError where there is nothing else."""
    targets = list(plan)
    broken = [target.broken for target in targets if target.broken is not None]
    if broken and len(broken) == len(targets):
        raise ProfileError([line for profile in broken for line in profile.mistakes])
    return broken


def refusals(settings: Settings, plan: Sequence[Target]) -> dict[str, str]:
    """Return the sites that cannot be crawled, and why.

    Raises ProfileError, BrowserError where that is all that was asked for.
    """
    broken = broken_of(plan)
    sound = [target for target in plan if target.broken is None]
    return {profile.name: profile.reason for profile in broken} | without_browser(settings, sound)


def without_browser(settings: Settings, plan: Iterable[Target]) -> dict[str, str]:
    """Return the sites whose pages cannot be rendered here, and why. Raises BrowserError where all are."""
    targets = list(plan)
    rendered = [target for target in targets if target.site is not None and target.site.render.wanted]
    if not rendered:
        return {}
    from crawler.chromium import find_browser

    try:
        find_browser(settings)
    except BrowserError as error:
        if len(rendered) == len(targets):
            raise BrowserError(f"{rendered[0].name}: {error}") from error
        return {target.name: str(error) for target in rendered}
    return {}


def rehearsed(target: Target) -> RunSummary:
    """Return what a dry run says of a site: where its crawl would begin."""
    if target.broken is not None:
        return unfetched(target, "failed", target.broken.reason)
    return unfetched(target, "done", "\n".join(f"{role} {url}" for url, role in target.seeds))


def unfetched(target: Target, status: Literal["done", "failed"], detail: str) -> RunSummary:
    """Return what there is to say of a site for which no run was begun."""
    now = datetime.now(UTC)
    return RunSummary(
        run_id="",
        kind=target.mode,
        site=target.name,
        started_at=now,
        finished_at=now,
        status=status,
        counts={"seeds": len(target.seeds)} if status == "done" else {},
        detail=detail,
    )
