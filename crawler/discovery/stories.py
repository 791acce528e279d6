"""Stories of a section page: by the profile's rules, else by what stories look like, else from the page's
data; and what comes after them.
"""

from __future__ import annotations

import attrs

from archive.extract.cards import Story, stories
from archive.extract.page import ParsedPage
from archive.extract.rules import Rules
from archive.sites.sources import Rule
from archive.text import squash
from archive.urls import absolute
from crawler.discovery.links import Candidate, Scope
from crawler.discovery.paging import next_pages
from crawler.discovery.sections import generic_stories, section_name
from crawler.discovery.state import stories_in_data

_FEW = 3
"""Stories below which a page is taken for one whose list a script builds."""


def stories_of(parsed: ParsedPage, scope: Scope, reached_by: str | None = None) -> list[Candidate]:
    """Return the stories of a section page in page order, each article once, with the section's name.

    `reached_by`: what a link to the section calls it.
    """
    name = section_name(parsed, scope, reached_by)
    found = candidates(stories(parsed, scope.site), scope) if scope.site is not None else []
    found = found or generic_stories(parsed, scope)
    if len(found) < _FEW:
        found = _with_data(found, parsed, scope)
    return [attrs.evolve(story, section=name) for story in found]


def _with_data(found: list[Candidate], parsed: ParsedPage, scope: Scope) -> list[Candidate]:
    """Add the stories that only the page's data names, where it names more than the page shows."""
    named = stories_in_data(parsed, scope)
    if len(named) <= len(found):
        return found
    keys = {scope.key(story.url) for story in named}
    every = [*named, *(story for story in found if scope.key(story.url) not in keys)]
    return [attrs.evolve(story, position=position) for position, story in enumerate(every, 1)]


def candidates(found: list[Story], scope: Scope) -> list[Candidate]:
    """Return stories read by a profile's rules as links, those to other sites left out."""
    kept = [story for story in found if scope.contains(story.url)]
    return [
        Candidate(url=story.url, title=squash(story.title) or None, date=story.date, position=position)
        for position, story in enumerate(kept, 1)
    ]


def next_page_of(parsed: ParsedPage, scope: Scope) -> list[str]:
    """Return the address of the list's next page, by the profile's rule where it has one."""
    if scope.site is None or scope.site.discover.next_page is None:
        return next_pages(parsed, scope)
    href = first_value(scope.site.discover.next_page, parsed)
    url = absolute(parsed.base_url, href)
    return [url] if url is not None and scope.contains(url) else []


def first_value(rule: Rule, parsed: ParsedPage) -> str | None:
    """Return the first value that a rule gives on a page."""
    value = Rules(parsed).first(rule)
    return value.text if value is not None else None
