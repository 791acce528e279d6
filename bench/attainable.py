"""How much of the truth stands on the pages at all: a bound for every extractor, read off the gold alone.

    python -m bench.attainable [--kit FOLDER] [--gold FILE] [--split a|b]

For headline, day, authors and segments: the share of gold values that occur anywhere in the page (its text, an
attribute, a script; after the scorer's own normalisation), beside what `extract()` reaches. A headline counts if one
of the accepted ones is there, a day in one of the usual ways to write it, a segment of the body's text in running
text outside `<script>`. "authors" is recall; "authors: agency" tells how many of its values are an agency's name, and
on how many of those pages our record has an agency, in the field of its own. A value that is not there was edited after the page was stored, or taken from elsewhere; one
that is there need not be what it says (an agency as author, the day of an update). "lead" and "title" tell how many of
the body's segments that we miss stand in those two fields of ours, which the record keeps apart from the body.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from archive.dates import read_date
from archive.extract.agencies import agency_of
from archive.extract.page import parse
from archive.model import Page
from bench.quality import DEFAULT, FETCHED, half, load_scorer, predict

_SPELLED = re.compile(
    r"(?:[^\W\d_]{3,12}\.?\s+)?\d{1,4}(?:er|st|nd|rd|th|º|\.)?(?:,?\s+(?:de\s+)?|\s*[年년]\s*)[^\W_]{1,14}"
    r"(?:[.,]|\s*[月월])?\s*(?:de\s+)?,?\d{1,4}(?!\d)"
)
"""A day with its month in letters, in any language that the project's date reader knows."""
_MAX_SPELLED = 400


def contents(page: Page) -> tuple[str, str]:
    """Return a page's running text, and all its attributes and scripts."""
    parsed = parse(page)
    if parsed is None:
        return "", ""
    shown: list[str] = []
    rest: list[str] = []
    for element in parsed.tree.iter():
        if not isinstance(element.tag, str):
            continue
        (rest if element.tag in {"script", "style"} else shown).append(element.text or "")
        shown.append(element.tail or "")
        rest += element.values()
    return "".join(shown), "\n".join(rest)


def has_day(day: date, text: str, lang: str | None) -> bool:
    """Say whether a day is written in a text: in numbers, in either order, or with its month spelled."""
    year, month, number = f"(?:{day.year}|{day.year % 100:02})", f"0?{day.month}", f"0?{day.day}"
    orders = (
        rf"{day.year}[-./_年\s]*{month}[-./_月\s]*{number}",
        rf"{number}\s?[-./]\s?{month}\s?[-./]\s?{year}",
        rf"{month}\s?[-./]\s?{number}\s?[-./]\s?{year}",
    )
    if any(re.search(rf"(?<!\d){order}(?!\d)", text) for order in orders):
        return True
    if re.search(rf"(?<!\d){day.year}{day.month:02}{day.day:02}", text):
        return True
    spelled = {found[0] for found in _SPELLED.finditer(text) if str(day.year) in found[0]}
    return any(
        (read_date(one, lang=lang, now=FETCHED) or "").startswith(day.isoformat())
        for one in sorted(spelled)[:_MAX_SPELLED]
    )


def measure(
    score: ModuleType, gold: dict[str, Any], found: dict[str, Any], payload: bytes
) -> dict[str, tuple[int, int, int]]:
    """Return field → (values, of them on the page, of them ours) for one page."""
    shown, rest = contents(
        Page(url=gold["url"], payload=payload, content_type="text/html", fetched_at=FETCHED)
    )
    everything = f"{shown}\n{rest}"
    row = score.score_page(gold, found)
    out: dict[str, tuple[int, int, int]] = {}
    if "title" in gold:
        text = score.nname(everything)
        titles = [score.nname(one) for one in [gold["title"], *gold.get("title_alt", [])]]
        out["title~"] = (1, int(any(one in text for one in titles)), row["title_any"])
    if "published" in gold:
        day = date.fromisoformat(gold["published"][:10])
        out["day"] = (1, int(has_day(day, everything, gold.get("lang"))), row["published_day"])
    if "authors" in gold:
        text = f" {score.nname(everything)} "
        names = score.names_of(gold["authors"])
        out["authors"] = (len(names), sum(f" {name} " in text for name in names), row["authors"][0])
        agencies = {score.nname(one) for one in gold["authors"] if agency_of(one)}
        out["authors: agency"] = (len(names), len(agencies), len(agencies) if found.get("agency") else 0)
    wanted = gold.get("with", [])
    if wanted:
        text, body = score.ws(shown), score.ws(score.text_of(found.get("body")))
        missed = [one for one in map(score.ws, wanted) if one not in body]
        out["segments"] = (
            len(wanted),
            sum(score.ws(one) in text for one in wanted),
            len(wanted) - len(missed),
        )
        for name in ("lead", "title"):
            own = score.ws(found.get(name) or "")
            out[f"segments: {name}"] = (len(wanted), len(wanted), sum(one in own for one in missed))
    return out


def main(argv: list[str] | None = None) -> int:
    """Read, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kit", type=Path, default=DEFAULT)
    parser.add_argument("--gold", default="dev/gold.jsonl")
    parser.add_argument("--split", choices=["a", "b"])
    options = parser.parse_args(argv)
    gold_file: Path = options.kit / options.gold
    if not gold_file.is_file():
        print(f"no evaluation kit at {options.kit}: nothing measured (set HEMEROTECA_KIT or --kit)")
        return 0
    score = load_scorer(options.kit)
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    pages = gold_file.parent / "pages"
    for gold in score.load(gold_file):
        if options.split and half(gold["publisher"]) != options.split:
            continue
        payload = gzip.decompress((pages / f"{gold['id']}.html.gz").read_bytes())
        for field, values in measure(score, gold, predict(gold, pages), payload).items():
            for group in ("all", str(gold.get("dataset"))):
                total = counts[field][group]
                total[:] = [a + b for a, b in zip(total, values, strict=True)]
    show(counts)
    return 0


def show(counts: dict[str, dict[str, list[int]]]) -> None:
    """Print the table: one line a field and data set."""
    print(f"{'field':<17}{'data set':<13}{'values':>7}{'on the page':>13}{'ours':>7}")
    for field, groups in counts.items():
        for group, (values, there, ours) in groups.items():
            shares = [100 * part / values if values else 100.0 for part in (there, ours)]
            print(f"{field:<17}{group:<13}{values:>7}{shares[0]:>13.1f}{shares[1]:>7.1f}")


if __name__ == "__main__":
    sys.exit(main())
