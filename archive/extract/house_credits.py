"""Credits that only the page explains: the paper's own name, or the author's, behind a caption.

"… (La Gazette)" or "… - Jeanne Roux" says by itself nothing of whose the photo is: in brackets stand parties,
clubs and places, behind a dash anything. Where the name is one that the paper goes by, or one of those who
wrote the story, it is the credit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from archive.extract.credits import tidy
from archive.extract.found import key
from archive.model import Photo

_TAIL = re.compile(r"[(（\[［【]([^()（）\[\]［］【】]{2,60})[)）\]］】]\s*\.?$|\s[-–—/|]\s([^-–—/|]{2,60})$")
_SHORTEST = 12
"""Characters of a caption that a credit is taken off."""


def with_house_credits(photos: tuple[Photo, ...], names: Iterable[str]) -> tuple[Photo, ...]:
    """Return the photos, their captions parted from a credit that is one of the names."""
    known = {key(name) for name in names} - {""}
    return tuple(_parted(photo, known) for photo in photos)


def _parted(photo: Photo, known: set[str]) -> Photo:
    if photo.credit or not photo.caption:
        return photo
    found = _TAIL.search(photo.caption)
    name = (found[1] or found[2]).strip() if found else ""
    if found is None or key(name) not in known:
        return photo
    caption = tidy(photo.caption[: found.start()])
    if len(caption) < _SHORTEST:
        return photo
    return attrs.evolve(photo, caption=caption, credit=name)
