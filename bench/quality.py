"""How good extraction is, on a folder of stored pages with the truth beside them (gold.jsonl,
pages/<id>.html.gz).

    python -m bench.quality [--kit FOLDER] [--split a|b] [--worst N] [--gate] [--peer] [--without metadata|names]
        [--store FILE] [--compare FILE]

The kit is not part of the project: its folder holds score.py, which does the judging. Where it is absent this
says so
and ends with 0. CPU ms are of `extract()` alone, pages read before, after fifteen pages that do not count (models and tables are
loaded with them). `--peer` lets trafilatura read the pages in our place. `--gate` ends with 1 if a floor is not
reached.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from archive.extract import extract
from archive.model import Page
from bench.ablation import ABLATIONS, ablated

DEFAULT = (
    Path(os.environ.get("HEMEROTECA_KIT", Path(__file__).resolve().parents[2] / "shared")) / "extraction"
)
FLOORS = Path(__file__).with_name("floors.json")
FETCHED = datetime(2027, 1, 1, tzinfo=UTC)
WARM = 15
MEASURES = {
    "title~": ("title_any", "score"),
    "lead": ("lead", "score"),
    "body": ("body", "f1"),
    "body~": ("body_dc", "f1"),
    "captions": ("captions", "f1"),
    "credit": ("credit", "accuracy_on_matched"),
    "day": ("published_day", "score"),
    "instant": ("published_instant", "score"),
    "authors": ("authors", "f1"),
    "related": ("related", "f1"),
    "segments": ("segments", "accuracy"),
    "segments+lead": ("segments_lead", "accuracy"),
}


def load_scorer(kit: Path) -> ModuleType:
    """Import the kit's score.py."""
    spec = importlib.util.spec_from_file_location("kit_score", kit / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no score.py in {kit}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def half(publisher: str) -> str:
    """Return the half, a or b, that a publisher belongs to, for ever."""
    return "ab"[hashlib.sha256(publisher.encode()).digest()[0] & 1]


def predict(gold: dict[str, Any], pages: Path, without: Sequence[str] = ()) -> dict[str, Any]:
    """Extract one page; return it in the scorer's form, with CPU ms."""
    payload = gzip.decompress((pages / f"{gold['id']}.html.gz").read_bytes())
    page = Page(url=gold["url"], payload=payload, content_type="text/html", fetched_at=FETCHED)
    page = ablated(page, without)
    start = time.process_time()
    extraction = extract(page)
    ms = (time.process_time() - start) * 1000
    found = extraction.article
    if found is None:
        return {"id": gold["id"], "verdict": extraction.verdict, "ms": ms}
    return {
        "id": gold["id"],
        "title": found.title,
        "lead": found.lead,
        "body": [block.text for block in found.blocks],
        "captions": [{"caption": p.caption, "credit": p.credit} for p in found.photos if p.caption],
        "published": found.published,
        "authors": list(found.authors),
        "agency": found.agency,
        "related": [{"url": link.url, "title": link.title} for link in found.related],
        "verdict": extraction.verdict,
        "origins": extraction.provenance.origins,
        "ms": ms,
    }


def predict_by_trafilatura(gold: dict[str, Any], pages: Path, without: Sequence[str] = ()) -> dict[str, Any]:
    """Extract one page with the best of the peers, all its metadata included."""
    from trafilatura import bare_extraction

    payload = gzip.decompress((pages / f"{gold['id']}.html.gz").read_bytes())
    page = Page(url=gold["url"], payload=payload, content_type="text/html", fetched_at=FETCHED)
    payload = ablated(page, without).payload
    start = time.process_time()
    found: Any = bare_extraction(payload, url=gold["url"], with_metadata=True, include_comments=False)
    ms = (time.process_time() - start) * 1000
    if found is None:
        return {"id": gold["id"], "ms": ms}
    return {
        "id": gold["id"],
        "title": found.title,
        "lead": found.description,
        "body": found.text,
        "published": found.date,
        "authors": [name for name in (found.author or "").split("; ") if name],
        "ms": ms,
    }


def figures(result: dict[str, Any]) -> dict[str, float]:
    """Return the floors' measures in percent."""
    return {
        name: round(100 * result[field][part], 2)
        for name, (field, part) in MEASURES.items()
        if field in result and part in result[field]
    }


def worst(rows: list[dict[str, Any]], field: str, score: ModuleType, count: int) -> list[tuple[float, str]]:
    """Return the pages that cost most in a field."""
    scored: list[tuple[float, str]] = []
    for row in rows:
        value = row.get(field)
        if value is None:
            continue
        if field in {"body", "body_dc"}:
            scored.append((score.page_f1(value), row["id"]))
        elif isinstance(value, tuple) and len(value) == 3:
            _, fp, fn = value if field != "credit" else (value[0], 0, value[1] - value[0])
            scored.append((-(fp + fn), row["id"]))
        elif isinstance(value, int | float):
            scored.append((float(value), row["id"]))
    return sorted(scored)[:count]


def main(argv: list[str] | None = None) -> int:
    """Run, print, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kit", type=Path, default=DEFAULT)
    parser.add_argument("--gold", default="dev/gold.jsonl")
    parser.add_argument("--split", choices=["a", "b"])
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--field", default="body")
    parser.add_argument("--gate", action="store_true")
    parser.add_argument(
        "--peer", action="store_true", help="trafilatura in our place (pip install trafilatura)"
    )
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=sorted(ABLATIONS),
        help="as if pages stated nothing, or machines had named their boxes (bench/ablation.py); may come twice",
    )
    parser.add_argument("--brief", action="store_true", help="no table by language")
    parser.add_argument("--store", type=Path, help="write predictions and figures here")
    parser.add_argument("--compare", type=Path, help="a file written by --store")
    options = parser.parse_args(argv)
    gold_file = options.kit / options.gold
    if not gold_file.is_file():
        print(f"no evaluation kit at {options.kit}: nothing measured (set HEMEROTECA_KIT or --kit)")
        return 0
    score = load_scorer(options.kit)
    gold = score.load(gold_file)
    if options.split:
        gold = [g for g in gold if half(g["publisher"]) == options.split]
    read = predict_by_trafilatura if options.peer else predict
    for one in gold[:: max(1, len(gold) // WARM)][:WARM]:
        read(one, gold_file.parent / "pages", options.without)
    predictions = [read(g, gold_file.parent / "pages", options.without) for g in gold]
    result, rows = score.score(gold, predictions)
    show(score, result, brief=options.brief)
    if options.worst:
        for value, page in worst(rows, options.field, score, options.worst):
            print(f"{value:8.3f}  {page}")
    now = figures(result["all"])
    if options.compare and options.compare.is_file():
        before = json.loads(options.compare.read_text(encoding="utf-8"))["figures"]
        for name, value in now.items():
            if name in before and abs(value - before[name]) >= 0.05:
                print(f"{name:10} {before[name]:6.2f} -> {value:6.2f}")
    if options.store:
        stored = {"figures": now, "predictions": predictions}
        options.store.write_text(json.dumps(stored, ensure_ascii=False, indent=1), encoding="utf-8")
    return gate(now) if options.gate and not (options.split or options.without) else 0


def show(score: ModuleType, result: dict[str, Any], *, brief: bool) -> None:
    """Print the kit's table."""
    print(f"{'':<14}{'pages':>6} " + " ".join(f"{column:>7}" for column, _, _ in score.COLS))
    print(score.line("ALL", result["all"]))
    for name, part in result["by_dataset"].items():
        print(score.line(str(name), part))
    if not brief:
        for name, part in result["by_lang"].items():
            print(score.line(f"lang {name}", part))
    if "related_title" in result["all"]:
        print(f"related titles right: {100 * result['all']['related_title']['score']:.1f} %")
    print("ms/page: median {median:.1f}  p95 {p95:.1f}  mean {mean:.1f}".format(**result["all"]["ms"]))


def gate(now: dict[str, float]) -> int:
    """Compare with the floors; 1 if one is not reached."""
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    fallen = {name: floor for name, floor in floors.items() if now.get(name, 100.0) < floor}
    for name, floor in fallen.items():
        print(f"below the floor: {name} {now[name]} < {floor}")
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
