"""Stories of the fake newspaper: known Articles, made from a seed. Same seed, same text, on every machine."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen

from archive.model import Article, Block, Dateline, Photo
from tests.newsroom.languages import LANGUAGES, Language, Topic, Writer

NAME = "newsroom"
"""Name of the site profile."""
HOME_ZONE = "Asia/Ho_Chi_Minh"
"""Zone of the newspaper: of times that its pages show without one."""
FIRST_DAY = datetime(2024, 10, 21, 1, 0, tzinfo=UTC)
MORNING = datetime(2024, 12, 27, 5, 0, tzinfo=UTC)
"""The moment at which the newspaper stands unless told otherwise."""


@frozen(kw_only=True)
class Section:
    """A list page and the stories under it."""

    lang: str
    slug: str
    name: str
    zone: int
    """Number that the load-more endpoint asks for."""
    layout: str
    bureau: str
    """Zone that its stories are dated in."""

    @property
    def path(self) -> str:
        """Path of its list page."""
        return f"/{self.lang}/{self.slug}/"

    @property
    def language(self) -> Language:
        """Words of its edition."""
        return LANGUAGES[self.lang]


@frozen(kw_only=True, eq=False)
class Story:
    """One article with what is not part of it. URLs of `article` are paths; related links are not in it."""

    number: int
    section: Section
    article: Article
    published: datetime
    topic: int
    inline_link: bool
    """Has a "read also" box in the middle of its text."""
    card_caption: bool
    """Its thumbnail in lists carries the photo's caption as alt text, else only the title."""


@frozen(kw_only=True)
class Edit:
    """A change to a published article."""

    moment: datetime
    url: str
    key: str
    field: str
    """Field of `Article`."""
    before: Any
    after: Any
    silent: bool
    """The page's date of change stays as it was."""


def slug_of(title: str) -> str:
    """Return what a URL shows of a title: ASCII for Latin scripts, the words themselves else, "" for Chinese."""
    folded = unicodedata.normalize("NFD", title.lower().replace("đ", "d").replace("œ", "oe"))
    words = re.findall(
        r"\w+",
        "".join(char for char in folded if not unicodedata.combining(char))
        .replace("’", " ")
        .replace("'", " "),
    )
    if any("\u4e00" <= char <= "\u9fff" for char in title):
        return ""
    if all(word.isascii() for word in words):
        return "-".join(words)[:80].strip("-")
    return (
        "-".join(re.findall(r"[^\W_]+", title))[:40].strip("-")
        if "\u0600" <= title[0] <= "\u06ff"
        else "-".join(title.split())[:30]
    )


def path_of(section: Section, number: int, title: str) -> str:
    """Return the path of an article: /fr/economie/le-titre-a1001.html, /zh/business/a1301.html."""
    slug = quote(re.sub(r"[?:«»“”\"%,.]", "", slug_of(title)), safe="-")
    return f"{section.path}{slug}-a{number}.html" if slug else f"{section.path}a{number}.html"


def write_stories(
    section: Section, *, seed: int, count: int, later: int, titles: set[str], pace: float = 20
) -> list[Story]:
    """Write `count` stories that stand before `MORNING` and `later` ones that come after it, `pace` hours
    apart, oldest first.
    """
    language = section.language
    topics = [topic for topic in language.topics if language.sections[topic.section][0] == section.slug]
    span = (MORNING - timedelta(hours=3) - FIRST_DAY) / max(1, count)
    stories = []
    for index in range(count + later):
        rng = random.Random(f"{seed}/{section.lang}/{section.slug}/{index}")
        if index < count:
            moment = (
                FIRST_DAY
                + span * index
                + timedelta(seconds=rng.randrange(int(span.total_seconds() * 0.9) or 1))
            )
        else:
            within = rng.randrange(int(1800 * pace))
            moment = MORNING + timedelta(hours=pace / 4 + pace * (index - count), seconds=within)
        number = section.zone * 10_000 + index + 1
        stories.append(_write(section, topics, number, moment.replace(microsecond=0), rng, titles))
    return sorted(stories, key=lambda story: story.published)


def _write(
    section: Section, topics: list[Topic], number: int, moment: datetime, rng: random.Random, titles: set[str]
) -> Story:
    language = section.language
    topic = topics[number % len(topics)]
    writer = Writer(language, topic, rng)
    title = _title(writer, titles)
    blocks = _blocks(writer, number)
    raw = language.dateline.format(place=writer.slots["place"])
    place = writer.slots["place"]
    dateline = None
    opening = blocks[0].text
    if number % 4:  # some stories are the paper's own
        gap = "" if language.code == "zh" else " "
        blocks[0] = Block(kind="paragraph", text=f"{raw}{gap}{opening}")
        dateline = Dateline(raw=raw, place=place, agency=language.dateline_agency)
    sign_off = None
    if dateline and language.sign_off and blocks[-1].kind == "paragraph":
        sign_off = language.sign_off.strip()
        closing = blocks[-1].text
        if sign_off != "（完）":
            closing = closing.removesuffix(language.stop)
        blocks[-1] = Block(kind="paragraph", text=closing + language.sign_off)
    lead = [opening, writer.fill(rng.choice(language.leads)), None][number % 3]
    local = moment.astimezone(ZoneInfo(section.bureau))
    article = Article(
        url=path_of(section, number, title),
        canonical_url=path_of(section, number, title),
        site=NAME,
        key=str(number),
        lang=section.lang,
        title=title,
        kicker=rng.choice(language.kickers) if number % 3 == 1 else None,
        lead=lead,
        blocks=tuple(blocks),
        photos=_photos(writer, topic, number, title),
        published=local.isoformat(),
        modified=(local + timedelta(minutes=rng.randrange(5, 300))).isoformat() if number % 2 else None,
        authors=_authors(language, rng, number),
        agency=language.dateline_agency if dateline else None,
        section=section.name,
        tags=(*topic.tags, place)[: 2 + number % 3],
        dateline=dateline,
        sign_off=sign_off,
    )
    if section.lang == "fr" and number % 2:
        article = typewriter(article)
    return Story(
        number=number, section=section, article=article, published=moment, topic=language.topics.index(topic),
        inline_link=number % 2 == 0, card_caption=number % 3 == 0,
    )  # fmt: skip


def _title(writer: Writer, titles: set[str]) -> str:
    for _ in range(40):
        title = writer.sentence("titles")
        if title not in titles:
            break
    else:
        title = f"{title} ({len(titles)})"
    titles.add(title)
    return title


def _blocks(writer: Writer, number: int) -> list[Block]:
    """Return six to ten paragraphs, on some stories with subheads, a quote or a list between them."""
    plan = [
        ("openings", "details"), ("details", "details"), ("quotes", "background"), ("details", "reactions"), ("background", "details"),
        ("quotes", "reactions"), ("details", "background"), ("reactions", "details"), ("background", "quotes"), ("outlook", "outlook"),
    ]  # fmt: skip
    fewest = 5 if writer.language.code == "zh" else 3  # its characters say more each
    middle = writer.rng.sample(plan[3:-1], writer.rng.randrange(fewest, fewest + 2))
    texts = [writer.paragraph(*banks) for banks in [*plan[:3], *middle, plan[-1]]]
    if writer.language.code == "zh":
        texts = _thicken(writer, texts)
    blocks = [Block(kind="paragraph", text=text) for text in texts]
    if number % 3 == 0:
        heads = writer.rng.sample(writer.language.subheads, 2)
        blocks.insert(2, Block(kind="subhead", text=writer.fill(heads[0])))
        blocks.insert(len(blocks) - 2, Block(kind="subhead", text=writer.fill(heads[1])))
        blocks.insert(
            4, Block(kind="quote", text=writer.fill(writer.rng.choice(writer.language.pull_quotes)))
        )
    if number % 5 == 1:
        at = len(blocks) - 1
        blocks[at:at] = [Block(kind="item", text=writer.fill(item)) for item in writer.language.items]
    return blocks


def _thicken(writer: Writer, texts: list[str]) -> list[str]:
    """Give Chinese paragraphs one more sentence where one is left."""
    out = []
    for place, text in enumerate(texts):
        bank = ("background", "reactions", "outlook")[place % 3]
        out.append(
            text + writer.sentence(bank)
            if place and writer.left(bank) > 0 and place < len(texts) - 1
            else text
        )
    return out


def _photos(writer: Writer, topic: Topic, number: int, title: str) -> tuple[Photo, ...]:
    rng = writer.rng
    photos = []
    for place in range((1, 2, 0, 3, 1, 2)[number % 6]):
        caption: str | None = topic.captions[place % 2] + writer.language.stop
        if place == 2:
            caption = None  # a picture without words
        name = f"{number}-{place + 1}.{'png' if place == 1 else 'jpg'}"
        alt = (caption or title, name, None)[(number + place) % 3]
        credit = rng.choice(writer.language.credits) if caption and (number + place) % 4 else None
        photos.append(Photo(url=f"/images/{name}", caption=caption, credit=credit, alt=alt))
    return tuple(photos)


def _authors(language: Language, rng: random.Random, number: int) -> tuple[str, ...]:
    count = (1, 0, 2, 1)[number % 4]
    return tuple(_bare_name(person["name"]) for person in rng.sample(language.people, count))


def _bare_name(name: str) -> str:
    return re.sub(r"^(?:bà|ông|นางสาว|นาย|นาง)\s?", "", name)


def typewriter(article: Article) -> Article:
    """Return the article with straight apostrophes, as half of all newsrooms type them."""

    def straight(text: str | None) -> str | None:
        return text.replace("’", "'") if text else text

    return attrs.evolve(
        article,
        title=straight(article.title),
        lead=straight(article.lead),
        kicker=straight(article.kicker),
        blocks=tuple(Block(kind=block.kind, text=block.text.replace("’", "'")) for block in article.blocks),
        photos=tuple(
            attrs.evolve(p, caption=straight(p.caption), alt=straight(p.alt)) for p in article.photos
        ),
        tags=tuple(tag.replace("’", "'") for tag in article.tags),
        dateline=attrs.evolve(
            article.dateline,
            raw=article.dateline.raw.replace("’", "'"),
            place=straight(article.dateline.place),
        )
        if article.dateline
        else None,
    )
