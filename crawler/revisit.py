"""When to ask for a known article again: a pure function of what its captures have shown. No clock, no store.

Newspapers edit what they have published: NewsEdits (Spangher et al., NAACL 2022) counts 4.6 million versions
of 1.2 million articles of 22 papers, Guo et al. (WWW 2022) a changed headline on 7.5 % of 411,000 articles.
Edits thin out with age, and come in bursts: one edit makes the next one likely.

**The model.** Edits of an article are a Poisson process whose intensity falls with the time since its last
real change, publication being the first one: `rate / (1 + s / SETTLING) ** (1 + FADING)`, a power law, as
Singh (IJCAI 2007, "Estimating the rate of web page updates") found it to fit pages of news better than a
constant rate. Its integral between two checks, without `rate`, is called *exposure* here. `rate` is learned:

- of the site, by the estimator of Cho and Garcia-Molina (ACM TOIT 3(3), 2003) for a page of which one sees
  only whether it has changed: -ln((n - X + 0.5) / (n + 0.5)) for X changes in n checks. It is taken on the
  scale of exposure, on which checks are of nearly equal length, as the estimator asks;
- of the article, by shrinking towards the site's rate (a gamma prior): most articles are never edited, a
  live report is edited all day.

**The decision.** Ask again when the edits to expect since the last check reach `risk`. One threshold for
all articles spends each request where it finds most, which is what a common budget asks for (Cho and
Garcia-Molina, "Effective page refresh policies for web crawlers", ACM TODS 28(4), 2003). The result is a
ladder whose steps grow with the time since the last change, as those that newsdiffs (15 min, 1 h, 3 h,
3 days) and diffengine (a fifth of the age) have by hand; here site and article set the steepness.

**Answers "304 Not Modified"** are checks that found nothing, and stretch the next step a little, since the
server itself vouches for the whole page. Servers err: every `VERIFY_EVERY`th check in a row of such answers
is made without conditions, and a site whose validators once stayed the same while an article had
changed is not asked conditionally any more.

What counts as a change is decided elsewhere (archive.identity): wording that no earlier capture has shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import attrs
from attrs import frozen

HOUR, DAY = 3600.0, 86400.0

SETTLING = 3600.0
"""Seconds after a change from which the intensity falls."""
FADING = 0.25
"""How steeply, beyond 1/s. bench/month.py tells values from 0.15 to 0.4 hardly apart."""
RATE = 0.4
"""Edits for a unit of exposure where nothing is known of a site: about 1.3 an article in its first month."""
SITE_WEIGHT = 20.0
"""Exposure that the site's own record must have to count as much as `RATE`."""
ARTICLE_SHAPE = 1.0
"""Of the gamma prior of an article's rate: most articles are never edited, few often (an exponential)."""
GENTLEST, STEEPEST = 1.03, 1.25
"""Bounds of the factor by which the time since the last change grows from check to check. The upper one keeps
quiet papers watched, whose few edits come late; it costs little, since it holds for quiet papers only."""
CONFIRMED_STRETCH = 1.15
VERIFY_EVERY = 8
GIVE_UP = 5
"""Failed checks in a row after which an article is left alone."""


@frozen(kw_only=True)
class Limits:
    """What a site or a collection allows."""

    risk: float = 0.01
    """Edits to expect at which an article is asked for again."""
    least: float = 300.0
    """Seconds between two checks of an article, at least."""
    most: float = 30 * DAY
    """Seconds between two checks, at most."""
    until: float = 365 * DAY
    """Seconds after its last real change from which an article is left alone."""


@frozen(kw_only=True)
class Evidence:
    """What the captures of one article have shown. Times are seconds since 1970."""

    origin: float
    """Its last real change that is known: publication, an edit the page states, wording first seen."""
    checked: float
    """Its last capture that gave an answer."""
    checks: int = 0
    """Captures after the first."""
    changes: int = 0
    """Of them, those with wording not seen before."""
    exposure: float = 0.0
    """Over these checks, on the scale of the model."""
    confirmed: int = 0
    """"304 Not Modified" in a row, up to now."""
    misread: int = 0
    """Changes whose validators (ETag, Last-Modified) had stayed the same."""
    failed: int = 0
    """Checks without an answer (errors, page gone) in a row, up to now."""


@frozen(kw_only=True)
class Habits:
    """The record of a site: the sums over its articles."""

    checks: int = 0
    changes: int = 0
    exposure: float = 0.0
    misread: int = 0

    @property
    def rate(self) -> float:
        """Edits for a unit of exposure."""
        if self.checks == 0 or self.exposure <= 0:
            return RATE
        seen = min(self.changes, self.checks)
        estimate = -math.log((self.checks - seen + 0.5) / (self.checks + 0.5))
        return (estimate * self.checks + RATE * SITE_WEIGHT) / (self.exposure + SITE_WEIGHT)

    def joined(self, articles: Iterable[Evidence]) -> Habits:
        """Return the record with more articles in it."""
        checks, changes, passed, misread = self.checks, self.changes, self.exposure, self.misread
        for one in articles:
            checks, changes = checks + one.checks, changes + one.changes
            passed, misread = passed + one.exposure, misread + one.misread
        return Habits(checks=checks, changes=changes, exposure=passed, misread=misread)


def first_seen(at: float, published: float | None = None, modified: float | None = None) -> Evidence:
    """Return the evidence after the first capture, with the times that the page states.

    A stated time after the capture is a mistake, or one without a zone, and does not count.
    """
    stated = [moment for moment in (published, modified) if moment is not None and moment <= at]
    return Evidence(origin=max(stated, default=at), checked=at)


def _left(since: float) -> float:
    """Return the share of the exposure of an article's life that is still to come, `since` a change."""
    return math.pow(1 + since / SETTLING, -FADING)


def exposure(evidence: Evidence, at: float) -> float:
    """Return the exposure from the last check to a moment."""
    since = max(0.0, evidence.checked - evidence.origin)
    now = max(since, at - evidence.origin)
    return (_left(since) - _left(now)) / FADING


def after_check(
    evidence: Evidence,
    at: float,
    *,
    changed: bool,
    edited: float | None = None,
    confirmed: bool = False,
    misread: bool = False,
) -> Evidence:
    """Return the evidence after one more capture of the article.

    Args:
        evidence: before it.
        at: time of the capture.
        changed: it shows wording that no earlier capture has shown (back to an earlier wording is none).
        edited: time of its last edit, as the page states it; counts where it lies between the two checks.
        confirmed: the answer was "304 Not Modified".
        misread: it changed, and the server sent the validators of the earlier page with it.
    """
    at = max(at, evidence.checked)
    moment = edited if edited is not None and evidence.checked <= edited <= at else at
    return Evidence(
        origin=moment if changed else evidence.origin,
        checked=at,
        checks=evidence.checks + 1,
        changes=evidence.changes + changed,
        exposure=evidence.exposure + exposure(evidence, at),
        confirmed=evidence.confirmed + 1 if confirmed else 0,
        misread=evidence.misread + misread,
    )


def after_failure(evidence: Evidence) -> Evidence:
    """Return the evidence after a check without an answer, or whose page was gone."""
    return attrs.evolve(evidence, failed=evidence.failed + 1)


def rate_of(evidence: Evidence, habits: Habits) -> float:
    """Return the edits to expect of this article for a unit of exposure."""
    site = habits.rate
    return site * (ARTICLE_SHAPE + evidence.changes) / (ARTICLE_SHAPE + site * evidence.exposure)


def next_check(evidence: Evidence, habits: Habits, limits: Limits) -> float | None:
    """Return the moment from which the article is due again; None where it is left alone for good."""
    if evidence.failed >= GIVE_UP:
        return None
    since = max(0.0, evidence.checked - evidence.origin)
    left = _left(since) - FADING * limits.risk / rate_of(evidence, habits)
    step = STEEPEST
    if left > 0:
        step = SETTLING * math.pow(left, -1 / FADING) / (since + SETTLING)
    if evidence.confirmed:
        step = 1 + (step - 1) * CONFIRMED_STRETCH
    step = min(max(step, GENTLEST), STEEPEST)
    wait = (since + SETTLING) * (step - 1)
    wait = min(max(wait, limits.least), limits.most)
    if evidence.failed:
        wait = min(max(wait, HOUR) * 4.0**evidence.failed, limits.most)
    if since + wait > limits.until:
        return None
    return evidence.checked + wait


def is_conditional(evidence: Evidence, habits: Habits) -> bool:
    """Tell whether the next check may be answered by "304 Not Modified"."""
    if habits.misread or evidence.misread:
        return False
    return evidence.confirmed % VERIFY_EVERY != VERIFY_EVERY - 1
