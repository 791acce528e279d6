"""Break pages at random and read them: no exception, no hang, no markup or control character in a field.

    python -m bench.fuzz [--minutes 60] [--seed N] [--pages FOLDER]

Pages are the kit's where it is present, else the generated newspaper's. Each round takes one page and cuts, doubles,
swaps, splices and flips pieces of it (bytes, tags, attributes, entities, encodings). A fault is printed with seed and
round, so that it can be had again from the same pages, and the run ends with 1.

What counts as markup: the tag of an element of HTML. No field may hold one, but for the text of the story, which may
show what the page shows (`&lt;b&gt;`) and nothing else.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import attrs
from lxml import etree

from archive.extract import extract
from archive.extract.page import parse
from archive.model import Article, Page
from bench.site import find_pages

NOW = datetime(2027, 1, 1, tzinfo=UTC)
LIMIT = 4.0
"""CPU seconds that a page of this size may take on a busy machine; a hang takes more."""
MARKUP = re.compile(
    r"</?(?:p|div|span|a|b|i|em|strong|br|img|figure|script|style)(?=[\s/>])[^<>]*>", re.IGNORECASE
)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DISPLAYED = etree.XPath("//text()[not(parent::script or parent::style)]", smart_strings=False)
TAG = re.compile(rb"<[^<>]{1,400}>")
BAD_LD = b"""<script type="application/ld+json">{"@type": "NewsArticle", "headline": ["<b>x</b>", {}],
"author": [[[{"name": 1}]]], "datePublished": {"@value": "9999-99-99"}}</script>"""
JUNK = (
    b"<", b">", b"&", b"&#0;", b"&#x110000;", b"&nbsp;&lt;b&gt;", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"</div>" * 50,
    b"<div>" * 400, b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<script>", b"<style>", b"<table><tr>", b"<svg>", b"<p>",
    "\u202e\u200b\u2028".encode(), "字".encode("gbk"), "ngày".encode("cp1258", "replace"), b'<base href="javascript:1">',
    b'<meta charset="utf-7">', BAD_LD, b"<img srcset=',,, 1w'>",
)  # fmt: skip


def cut(data: bytearray, chance: random.Random, _: list[bytes]) -> None:
    """Take a piece out."""
    start = chance.randrange(len(data) + 1)
    del data[start : start + chance.choice((1, 10, 500, 20_000))]


def double(data: bytearray, chance: random.Random, _: list[bytes]) -> None:
    """Repeat a piece."""
    start = chance.randrange(len(data) + 1)
    piece = bytes(data[start : start + chance.choice((5, 200, 5_000))])
    data[start:start] = piece * chance.choice((1, 3, 40 if len(piece) < 300 else 2))


def junk(data: bytearray, chance: random.Random, _: list[bytes]) -> None:
    """Put something odd in."""
    start = chance.randrange(len(data) + 1)
    data[start:start] = chance.choice(JUNK)


def flip(data: bytearray, chance: random.Random, _: list[bytes]) -> None:
    """Change single bytes."""
    for _unused in range(chance.choice((1, 20, 300))):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)


def untag(data: bytearray, chance: random.Random, _: list[bytes]) -> None:
    """Drop tags at random."""
    share = chance.choice((0.01, 0.1, 0.5))
    data[:] = TAG.sub(lambda match: b"" if chance.random() < share else match[0], bytes(data))


def splice(data: bytearray, chance: random.Random, pages: list[bytes]) -> None:
    """Put a piece of another page in."""
    other = chance.choice(pages)
    start, at = chance.randrange(len(other) + 1), chance.randrange(len(data) + 1)
    data[at:at] = other[start : start + chance.choice((500, 20_000, 200_000))]


def recode(data: bytearray, chance: random.Random, _: list[bytes]) -> None:
    """Store the page in another encoding than it says."""
    text = bytes(data).decode("utf-8", "replace")
    data[:] = text.encode(chance.choice(("cp1252", "gbk", "shift_jis", "utf-16", "koi8-r")), "replace")


MUTATIONS: tuple[Callable[[bytearray, random.Random, list[bytes]], None], ...] = (
    cut, double, junk, junk, flip, untag, splice, recode,
)  # fmt: skip


def pages_of(folder: Path | None) -> tuple[str, list[bytes]]:
    """Return where the pages to break come from, and the pages."""
    if folder is None:
        origin, found = find_pages()
        return origin, [html for _, html in found]
    return str(folder), [
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in sorted(folder.glob("*.html*"))
    ]


def broken(seed: int, number: int, pages: list[bytes]) -> bytes:
    """Return the page of one round: the same for the same seed, number and pages."""
    chance = random.Random(f"{seed}/{number}")
    data = bytearray(chance.choice(pages))
    for _ in range(chance.randrange(1, 8)):
        chance.choice(MUTATIONS)(data, chance, pages)
    return bytes(data)


def visible(text: str) -> str:
    """Return the characters of a text that leave ink."""
    return "".join(char for char in text if unicodedata.category(char)[0] not in "CZ")


def displayed(page: Page) -> str:
    """Return what of a page stands outside its tags, scripts and styles, and leaves ink."""
    parsed = parse(page)
    return "" if parsed is None else visible("".join(_DISPLAYED(parsed.tree)))


def faults(page: Page, article: Article | None) -> list[str]:
    """Return the fields that hold markup or control characters."""
    if article is None:
        return []
    found: list[str] = []

    def look(name: str, value: object) -> None:
        if isinstance(value, str):
            if CONTROL.search(value) or (MARKUP.search(value) and "url" not in name):
                found.append(f"{name}: {value[:80]!r}")
        elif isinstance(value, list | tuple):
            for item in value:
                look(name, item)
        elif attrs.has(kind := type(value)):
            for field in attrs.fields(kind):
                look(f"{name}.{field.name}", getattr(value, field.name))

    look("article", attrs.evolve(article, blocks=()))
    for block in article.blocks:
        tag = MARKUP.search(block.text)
        if CONTROL.search(block.text) or (tag and visible(tag[0]) not in displayed(page)):
            found.append(f"blocks: {block.text[:80]!r}")
    return found


def main(argv: list[str] | None = None) -> int:
    """Run for a time; 1 at the first fault."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--keep-going", action="store_true", help="print all faults of the run")
    options = parser.parse_args(argv)
    origin, pages = pages_of(options.pages)
    print(f"{len(pages)} pages: {origin}", flush=True)
    end = time.monotonic() + options.minutes * 60
    rounds, wrong, slowest = 0, 0, 0.0
    while time.monotonic() < end:
        data = broken(options.seed, rounds, pages)
        page = Page(url="https://news.example/2027/1/a-b-c-d.html", payload=data, content_type="text/html", fetched_at=NOW)  # fmt: skip
        start = time.process_time()
        result = extract(page)
        took = time.process_time() - start
        slowest = max(slowest, took)
        problems = faults(page, result.article)
        if result.verdict == "bug":
            problems.append(
                next(issue.detail or "" for issue in result.issues if issue.code == "extractor_bug")
            )
        if took > LIMIT:
            problems.append(f"{took:.1f} s for {len(data)} bytes")
        if problems:
            wrong += 1
            print(f"seed {options.seed} round {rounds}: {problems[0]}", flush=True)
            if not options.keep_going:
                return 1
        rounds += 1
    print(f"{rounds} broken pages read, {wrong} faults, slowest {slowest:.2f} s of CPU")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
