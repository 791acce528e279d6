"""Two versions of an article, field by field."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from attrs import frozen

from archive.diff.alignment import Budget
from archive.diff.passages import Change, Passage, align, of_texts
from archive.diff.words import whole
from archive.model import Article, Photo
from archive.wording import is_furniture, is_relative, wording

_TEXTS_BEFORE = ("title", "kicker", "lead")
_NO_PHOTO = Photo(url=None)
_STATED = ("published", "modified")
_TEXTS_AFTER = ("agency", "section")
FIELDS = (
    *_TEXTS_BEFORE, "blocks", "captions", "credits", *_STATED, "authors", *_TEXTS_AFTER, "tags", "dateline",
    "sign_off", "lang", "canonical_url",
)  # fmt: skip
"""What is compared, in the order of a page. Related links, image addresses and the address of the capture
are not: they belong to a capture and change without an edit (docs/decisions/0002)."""


@frozen
class FieldChanges:
    """One field: every passage of both sides, the unchanged ones too, in the order of the new version."""

    name: str
    passages: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Without what stayed as it was."""
        return tuple(passage for passage in self.passages if passage.change != "same")


@frozen
class Comparison:
    """What differs between two versions."""

    fields: tuple[FieldChanges, ...]
    """Those that differ, in the order of FIELDS."""
    coarse: bool
    """Whether the texts are so large and so different that some of it is told as removed and added whole."""


def compare(old: Article, new: Article, budget: Budget | None = None) -> Comparison:
    """Compare two versions. What makes no version is no difference: white space, counters, labels of ads,
    times counted back from the visit (archive.wording).
    """
    budget = budget or Budget()
    found = {
        **{name: _text(old, new, name, budget) for name in (*_TEXTS_BEFORE, *_TEXTS_AFTER, "sign_off")},
        **{
            name: _value(getattr(old, name), getattr(new, name))
            for name in (*_STATED, "lang", "canonical_url")
        },
        "blocks": align(_blocks(old), _blocks(new), budget),
        **_photos(old.photos, new.photos, budget),
        "authors": align(of_texts(old.authors), of_texts(new.authors), budget, positional=True),
        "tags": _unordered(align(of_texts(old.tags), of_texts(new.tags), budget)),
        "dateline": _value(*(it.dateline.raw if it.dateline else None for it in (old, new))),
    }
    if is_relative(old.published_raw) and is_relative(new.published_raw):
        found["published"] = []
    fields = (FieldChanges(name, tuple(found[name])) for name in FIELDS)
    return Comparison(tuple(one for one in fields if one.changes), budget.coarse)


def _text(old: Article, new: Article, name: str, budget: Budget) -> list[Change]:
    sides = of_texts([getattr(old, name)]), of_texts([getattr(new, name)])
    return align(*sides, budget, positional=True)


def _value(old: str | None, new: str | None) -> list[Change]:
    """Compare what is read whole: a date, an address."""
    if wording(old) == wording(new):
        return []
    before, after = (Passage(1, text) if text else None for text in (old, new))
    return [_between(before, after)]


def _between(before: Passage | None, after: Passage | None) -> Change:
    words = (*whole("removed", before.text if before else ""), *whole("added", after.text if after else ""))
    return Change(
        "added" if before is None else "removed" if after is None else "changed", before, after, words
    )


def _blocks(article: Article) -> list[Passage]:
    return [
        Passage(position, block.text, block.kind)
        for position, block in enumerate(article.blocks, 1)
        if not is_furniture(block.text)
    ]


def _unordered(changes: list[Change]) -> list[Change]:
    """Leave out what only stands elsewhere."""
    return [it for it in changes if it.change != "moved" or any(run.op != "same" for run in it.words)]


def _photos(old: Sequence[Photo], new: Sequence[Photo], budget: Budget) -> dict[str, list[Change]]:
    """Compare captions and credits, photo by photo: which photo is which is told by both together."""
    found: dict[str, list[Change]] = {"captions": [], "credits": []}
    for pair in align(_said(old), _said(new), budget, positional=True):
        before = old[pair.before.position - 1] if pair.before else _NO_PHOTO
        after = new[pair.after.position - 1] if pair.after else _NO_PHOTO
        captions = _beside(pair, before.caption, after.caption, budget)
        credited = _beside(pair, before.credit, after.credit, budget)
        if pair.change == "moved":  # told once, and of the caption where there is one
            kept = captions or credited
            kept[:] = [attrs.evolve(it, change="moved") if it.before and it.after else it for it in kept]
        found["captions"] += captions
        found["credits"] += credited
    return found


def _said(photos: Sequence[Photo]) -> list[Passage]:
    return of_texts("\n".join(filter(None, (photo.caption, photo.credit))) for photo in photos)


def _beside(pair: Change, old: str | None, new: str | None, budget: Budget) -> list[Change]:
    """Return what the change of a photo is to its caption, or to its credit."""
    before = attrs.evolve(pair.before, text=old) if pair.before and old else None
    after = attrs.evolve(pair.after, text=new) if pair.after and new else None
    if before and after:
        return align([before], [after], budget, positional=True)
    return [_between(before, after)] if before or after else []
