"""What a language needs to write agency stories: words, and sentences with slots.

Everything told here is invented: the bay of Amber, its towns and its people do not exist.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Topic:
    """A thing that can be written about. Slots of the sentences are filled from it."""

    section: int
    """Which of the language's two sections it belongs to."""
    slots: dict[str, str]
    """`thing` (with its article), `of`, `goal`, `goal2`, `count` (what is counted) …, as the sentences need them."""
    tags: tuple[str, ...]
    captions: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """One edition of the newspaper."""

    code: str
    sections: tuple[tuple[str, str], tuple[str, str]]
    """(slug, name) of its two sections."""
    places: tuple[dict[str, str], ...]
    people: tuple[dict[str, str], ...]
    bodies: tuple[dict[str, str], ...]
    topics: tuple[Topic, ...]
    titles: tuple[str, ...]
    kickers: tuple[str, ...]
    leads: tuple[str, ...]
    openings: tuple[str, ...]
    details: tuple[str, ...]
    quotes: tuple[str, ...]
    background: tuple[str, ...]
    reactions: tuple[str, ...]
    outlook: tuple[str, ...]
    subheads: tuple[str, ...]
    pull_quotes: tuple[str, ...]
    items: tuple[str, ...]
    months: tuple[str, ...]
    dateline: str
    """With {place}."""
    dateline_agency: str
    sign_off: str
    credits: tuple[str, ...]
    stop: str = "."
    """Full stop; "" where the script has none."""
    space: str = " "
    """Between two sentences."""
    rtl: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    """Words of the page around the article: see `LABELS`."""


LABELS = [
    "photo",
    "more",
    "read_also",
    "most_read",
    "tags",
    "share",
    "by",
    "published",
    "updated",
    "home",
    "search",
    "contact",
    "about",
    "subscribe",
    "newsletter",
    "advert",
    "next",
    "previous",
    "load_more",
    "not_found",
    "weather",
    "sports",
    "opinion",
    "rights",
    "continue",
]
"""What every edition's furniture is labelled with."""


class Writer:
    """Fills sentences for one story; never takes the same sentence twice."""

    def __init__(self, language: Language, topic: Topic, rng: random.Random) -> None:
        self.language, self.topic, self.rng = language, topic, rng
        self._left: dict[str, list[str]] = {}
        first, second = rng.sample(language.places, 2)
        speaker, other = rng.sample(language.people, 2)
        body, body2 = rng.sample(language.bodies, 2)
        self.slots: dict[str, str] = {**topic.slots}
        self.slots |= {f"place_{name}" if name != "name" else "place": text for name, text in first.items()}
        self.slots |= {
            f"place2_{name}" if name != "name" else "place2": text for name, text in second.items()
        }
        self.slots |= {
            "person": speaker["name"],
            "role": speaker["role"],
            "person2": other["name"],
            "role2": other["role"],
        }
        self.slots |= {f"body_{name}" if name != "name" else "body": text for name, text in body.items()}
        self.slots |= {f"body2_{name}" if name != "name" else "body2": text for name, text in body2.items()}
        self.slots["month"] = rng.choice(language.months)

    def sentence(self, bank: str) -> str:
        """Return the next sentence of a bank, filled, with numbers of its own."""
        left = self._left.get(bank)
        if not left:
            left = list(getattr(self.language, bank))
            self.rng.shuffle(left)
            self._left[bank] = left
        return self.fill(left.pop())

    def left(self, bank: str) -> int:
        """Return how many sentences of a bank are not yet used."""
        return len(self._left[bank]) if bank in self._left else len(getattr(self.language, bank))

    def fill(self, template: str) -> str:
        """Fill one template."""
        rng = self.rng
        numbers = {
            "n": str(rng.randrange(12, 980)), "n2": str(rng.randrange(3, 95)), "pct": str(rng.randrange(4, 61)),
            "money": str(rng.randrange(2, 480)), "year": str(rng.randrange(2025, 2032)), "past": str(rng.randrange(1998, 2023)),
            "day": str(rng.randrange(2, 29)), "km": str(rng.randrange(4, 210)),
        }  # fmt: skip
        slots = {**self.slots, **numbers}
        slots |= {name[:1].upper() + name[1:]: text[:1].upper() + text[1:] for name, text in slots.items()}
        return template.format_map(slots)

    def paragraph(self, *banks: str) -> str:
        """Return sentences of these banks as one paragraph."""
        return self.language.space.join(self.sentence(bank) for bank in banks)
