"""The newspaper as a whole: sections, stories, what was edited when, and its state at a moment."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import attrs

from archive.model import Article, Block, RelatedLink
from tests.newsroom.articles import HOME_ZONE, MORNING, NAME, Edit, Section, Story, path_of, write_stories
from tests.newsroom.languages import LANGUAGES

LAYOUTS = ("modern", "tables", "magazine")
"""Layouts that a section may have; see tests.newsroom.layouts."""
_FIELDS = ("title", "blocks", "photos", "lead", "authors")


def all_sections(layout: str | None = None) -> tuple[Section, ...]:
    """Return the twelve sections: two a language, their layouts in turn, or all in one."""
    sections = []
    for position, language in enumerate(LANGUAGES.values()):
        for place, (slug, name) in enumerate(language.sections):
            turn = LAYOUTS[(position + place) % 3]
            bureau = "Europe/Paris" if language.code == "fr" and place else HOME_ZONE
            sections.append(
                Section(
                    lang=language.code, slug=slug, name=name, zone=100 + 10 * position + place, layout=layout or turn, bureau=bureau
                )
            )  # fmt: skip
    return tuple(sections)


class Newsroom:
    """A newspaper at one moment. Two newsrooms with the same arguments are the same in every byte.

    Args:
        seed: what the texts are made from.
        articles_per_section: stories that stand at the default moment.
        sections: some of `all_sections()`; default all. Names of languages ("fr", "zh") are taken too.
        base_url: scheme, host and port, no slash at the end; a server puts its own.
        layout: one layout for every section, as after a redesign.
        later: stories a section that are published after the default moment.
        pace: hours from one later story of a section to the next.
        page_size: stories on a list page.
        crawl_delay: seconds for robots.txt, None for no such line.
        ages: seconds from publication to each edit, by article id, in place of the plan of its own; five edits
            a story at most, one a field.
        encodings: legacy encoding of article pages in the `tables` layout, by language: {"fr": "windows-1252"}.
    """

    def __init__(
        self,
        seed: int = 1,
        articles_per_section: int = 5,
        sections: Sequence[Section | str] | None = None,
        base_url: str = "http://127.0.0.1",
        *,
        moment: datetime = MORNING,
        layout: str | None = None,
        later: int = 1,
        pace: float = 20,
        page_size: int = 6,
        crawl_delay: float | None = None,
        ages: Mapping[str, Sequence[float]] | None = None,
        encodings: dict[str, str] | None = None,
    ) -> None:
        self._arguments: dict[str, Any] = {
            "seed": seed, "articles_per_section": articles_per_section, "sections": sections, "base_url": base_url,
            "moment": moment, "layout": layout, "later": later, "pace": pace, "page_size": page_size, "crawl_delay": crawl_delay,
            "ages": ages, "encodings": encodings,
        }  # fmt: skip
        self.base_url = base_url.rstrip("/")
        self.moment = moment
        self.page_size = page_size
        self.crawl_delay = crawl_delay
        self.encodings = dict(encodings or {})
        known = all_sections(layout)
        wanted = [it for it in sections or known if isinstance(it, str)]
        self.sections: tuple[Section, ...] = tuple(it for it in sections or () if isinstance(it, Section))
        self.sections += tuple(section for section in known if not sections or section.lang in wanted)
        self._written = _write_all(self.sections, seed, articles_per_section, later, pace)
        planned = (
            _plan_edits(self._written, seed, self.base_url)
            if ages is None
            else _plan_ages(self._written, ages, self.base_url)
        )
        self.edits = planned
        """Every change of an article there will ever be, oldest first. Values hold paths in place of URLs."""
        self.stories: tuple[Story, ...] = tuple(
            self._edited(story) for story in self._written if story.published <= moment
        )

    def _replaced(self, **changes: Any) -> Newsroom:
        return Newsroom(**{**self._arguments, **changes})

    def at(self, moment: datetime) -> Newsroom:
        """Return the newspaper at a moment: later stories come, edits are made."""
        return self._replaced(moment=moment)

    def rebased(self, base_url: str) -> Newsroom:
        """Return the same newspaper at another address."""
        return self if base_url.rstrip("/") == self.base_url else self._replaced(base_url=base_url)

    def redesigned(self, layout: str | None) -> Newsroom:
        """Return the newspaper with every section in one layout (None: in turn)."""
        return self._replaced(layout=layout)

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return self.base_url + path

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """Every article that stands now, oldest first within its section, related links included."""
        return tuple(self.known(story) for story in self.stories)

    @cached_property
    def _by_number(self) -> dict[int, Story]:
        return {story.number: story for story in self.stories}

    @cached_property
    def _of_section(self) -> dict[Section, list[Story]]:
        """Stories of each section, newest first."""
        found: dict[Section, list[Story]] = {section: [] for section in self.sections}
        for story in self.stories:
            found[story.section].append(story)
        return {
            section: sorted(stories, key=lambda s: s.published, reverse=True)
            for section, stories in found.items()
        }

    def in_section(self, section: Section) -> list[Story]:
        """Return the stories of a section, newest first."""
        return self._of_section[section]

    def newest(self, count: int) -> list[Story]:
        """Return the newest stories of all sections."""
        return sorted(self.stories, key=lambda story: story.published, reverse=True)[:count]

    def story(self, number: int | str) -> Story | None:
        """Return the story with an article id, if it stands now."""
        return self._by_number.get(int(number))

    def article(self, url_or_path: str) -> Article:
        """Return the article at a URL. Raises KeyError."""
        path = urlsplit(url_or_path).path
        for story in self.stories:
            if story.article.url == path:
                return self.known(story)
        raise KeyError(url_or_path)

    def known(self, story: Story) -> Article:
        """Return the story's article with addresses and related links."""
        article = story.article
        return attrs.evolve(
            article,
            url=self.url(article.url),
            canonical_url=self.url(article.canonical_url),
            photos=tuple(attrs.evolve(photo, url=self.url(photo.url or "")) for photo in article.photos),
            related=self.related(story),
        )

    def inline_of(self, story: Story) -> Story | None:
        """Return the story that the "read also" box in the text names: the oldest other one of the section."""
        others = [other for other in self.in_section(story.section) if other is not story]
        return others[-1] if story.inline_link and others else None

    def more_of(self, story: Story) -> list[Story]:
        """Return what the box under the text lists: the newest of the section, whatever the story is about."""
        named = self.inline_of(story)
        return [
            other for other in self.in_section(story.section) if other is not story and other is not named
        ][:4]

    def related(self, story: Story) -> tuple[RelatedLink, ...]:
        """Return the related links as the page would show them, teasers and captions included."""
        labels = story.section.language.labels
        links = []
        inline = self.inline_of(story)
        if inline:
            links.append(
                RelatedLink(
                    url=self.url(inline.article.url),
                    title=inline.article.title or "",
                    box=labels["read_also"],
                    position=1,
                )
            )
        for other in self.more_of(story):
            photo = other.article.photos[0] if other.card_caption and other.article.photos else None
            links.append(
                RelatedLink(
                    url=self.url(other.article.url),
                    title=other.article.title or "",
                    teaser=other.article.lead,
                    photo_caption=photo.caption if photo else None,
                    photo_credit=photo.credit if photo else None,
                    box=labels["more"],
                    position=len(links) + 1,
                )
            )
        return tuple(links)

    def profile_toml(self, base_url: str | None = None) -> str:
        """Return the site profile of this newspaper (DESIGN §5)."""
        from tests.newsroom.profile import profile_toml

        return profile_toml(self.rebased(base_url) if base_url else self)

    def _edited(self, story: Story) -> Story:
        article = story.article
        for edit in self.edits:
            if edit.key == article.key and edit.moment <= self.moment:
                zone = ZoneInfo(story.section.bureau)
                modified = article.modified if edit.silent else edit.moment.astimezone(zone).isoformat()
                change: dict[str, Any] = {edit.field: edit.after, "modified": modified}
                article = attrs.evolve(article, **change)
        return attrs.evolve(story, article=article) if article is not story.article else story


@lru_cache(maxsize=16)
def _write_all(
    sections: tuple[Section, ...], seed: int, count: int, later: int, pace: float
) -> tuple[Story, ...]:
    """Write all stories. Kept, because a newsroom at another moment or address has the same ones."""
    titles: set[str] = set()
    return tuple(
        story
        for section in sections
        for story in write_stories(section, seed=seed, count=count, later=later, titles=titles, pace=pace)
    )


def _plan_edits(stories: Sequence[Story], seed: int, base_url: str) -> tuple[Edit, ...]:
    """Plan about one edit for each second story, in the days after `MORNING` (or after its publication)."""
    edits = []
    for place, story in enumerate(stories):
        rng = random.Random(f"{seed}/edit/{story.number}")
        if place % 2:
            continue
        moment = max(story.published, MORNING) + timedelta(minutes=rng.randrange(30, 4000))
        found = _change(story, _FIELDS[place // 2 % len(_FIELDS)])
        if found:
            name, after = found
            before = getattr(story.article, name)
            edits.append(
                Edit(
                    moment=moment.replace(second=0), url=base_url + story.article.url, key=story.article.key,
                    field=name, before=before, after=after, silent=place % 4 == 0,
                )
            )  # fmt: skip
    return tuple(sorted(edits, key=lambda edit: edit.moment))


def _plan_ages(
    stories: Sequence[Story], ages: Mapping[str, Sequence[float]], base_url: str
) -> tuple[Edit, ...]:
    """Plan the edits of each story at these ages, each in another field."""
    edits = []
    for place, story in enumerate(stories):
        fields = [*_FIELDS[place % 5 :], *_FIELDS[: place % 5]]
        # What a story does not have is a change of its text: one of each.
        changes = dict(change for name in fields if (change := _change(story, name)))
        planned = sorted(ages.get(story.article.key, ()))
        for age, (name, after) in zip(planned, changes.items(), strict=False):
            moment = (story.published + timedelta(seconds=age)).replace(microsecond=0)
            before = getattr(story.article, name)
            edits.append(
                Edit(
                    moment=moment, url=base_url + story.article.url, key=story.article.key,
                    field=name, before=before, after=after, silent=place % 2 == 0,
                )
            )  # fmt: skip
    return tuple(sorted(edits, key=lambda edit: edit.moment))


def _change(story: Story, name: str) -> tuple[str, Any] | None:
    article, language = story.article, story.section.language
    update = language.labels["updated"].split()[0]
    if name == "title":
        return "title", f"{article.title} ({update})"
    if name == "photos" and article.photos and article.photos[0].caption:
        first = attrs.evolve(
            article.photos[0],
            caption=f"{article.photos[0].caption.removesuffix(language.stop)} ({article.key}){language.stop}",
        )
        return "photos", (first, *article.photos[1:])
    if name == "lead" and article.lead:
        return "lead", language.space.join([article.lead, language.leads[0].format_map(_Blank())]).replace(
            "  ", " "
        )
    if name == "authors":
        return "authors", (*article.authors, "Trần Văn Ngộ")
    blocks = list(article.blocks)
    at = next(place for place, block in enumerate(blocks) if place and block.kind == "paragraph")
    blocks[at] = Block(
        kind="paragraph", text=blocks[at].text + language.space + language.reactions[2].format_map(_Blank())
    )
    return "blocks", tuple(blocks)


class _Blank(dict[str, str]):
    """Fills slots of a correction with an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


__all__ = ["LAYOUTS", "MORNING", "NAME", "Newsroom", "Section", "Story", "all_sections", "path_of"]
