"""The index is a function of what stands in the WARCs, not of the order in which it was read."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import unicodedata
from contextlib import suppress
from functools import cache
from pathlib import Path

import attrs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.index.fold import TOKENIZE, Folded, base, fold
from archive.index.keys import number_of, read_ref, ref_of, result_digest, url_key
from archive.index.query import parse
from archive.index.rows import instant_and_day
from archive.index.search import Query, Search
from archive.index.store import Index
from archive.model import Extraction, Issue, Photo, Provenance, RelatedLink
from tests.unit.index.stories import FILE, article, capture, extraction, failure, file, moment, run

SCRIPTS = [
    "Le vote de l’ONU",
    "Hà Nội đã",
    "联合国人权",
    "الأُمَم المتّحدة",
    "มนุษย์",
    "국제연합",
    "Straße",
    "",
    "🇻🇳 2024年",
]
texts = st.sampled_from(SCRIPTS)
minutes = st.integers(0, 5)


rarely = st.sampled_from([False, False, True])


@st.composite
def articles(draw):
    """Few wordings of few articles, so that versions come back; what stands outside the wording differs freely."""
    key = draw(st.sampled_from("pq"))
    url = f"https://{draw(st.sampled_from(['', 'www.']))}a.example/{key}"
    more = {}
    if draw(rarely):
        more["published"] = draw(
            st.sampled_from(["2026-01-01", "2026-01-01T01:00:00+07:00", "2026-01", "hier"])
        )
        more["authors"] = tuple(draw(st.lists(texts, max_size=2)))
        more["lead"] = draw(texts)
        more["photos"] = (Photo(url=draw(st.none() | texts), caption=draw(texts)),)
    return article(
        url,
        draw(st.sampled_from(SCRIPTS[:2])),
        "联合国人权",
        key=key,
        section=draw(texts),
        tags=tuple(draw(st.lists(texts, max_size=2))),
        related=tuple(
            RelatedLink(url=f"https://a.example/{k}", title="T")
            for k in draw(st.lists(st.sampled_from("pq"), max_size=2))
        ),
        **more,
    )


@st.composite
def archives(draw):
    """What a few WARC files may hold: captures, revisits (even of what is missing), readings, failures, runs."""
    stored, shots = [], []
    for n in range(draw(st.integers(1, 5))):
        of = draw(st.sampled_from(shots)) if shots and draw(st.booleans()) else None
        url = f"https://a.example/{draw(st.sampled_from('pqr'))}"
        shot = capture(
            f"c{n}",
            url,
            draw(minutes),
            revisit_of=of,
            digest=draw(st.sampled_from(["sha1:A", "sha1:B"])),
            offset=n * 10,
        )
        shots.append(shot)
        if draw(st.integers(0, 9)):
            stored.append(shot)
        for m in range(draw(st.integers(0, 2))):
            found = draw(st.none() | articles())
            issues = (Issue(code="field_missing", field="lead"),) * draw(st.integers(0, 1))
            stored.append(
                extraction(f"e{n}-{m}", shot, found, at=draw(minutes), issues=issues, offset=n * 10 + m + 1)
            )
    if draw(st.booleans()):
        stored += [
            failure("f", "https://a.example/p", 1),
            run("r"),
            run("r", status="done", end=9),
            file(9, 1),
            file(99, 4),
        ]
    if draw(st.booleans()):
        stored.append(capture("c0", "https://a.example/p", 1, offset=5, file="warc/copy.warc.gz"))
        stored.append(capture("c0", "https://a.example/p", 1, offset=2, file=FILE))
        stored = [one for one in stored if one is not shots[0]]
    return stored


TABLES = "articles versions photos authors tags captures extractions related_links issues failures runs warc_files facts"


def dump(path: Path) -> dict[str, list[tuple]]:
    db = sqlite3.connect(path)
    out = {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for name in TABLES.split()}
    db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, articles_fts, instance)")
    out["words"] = sorted(db.execute("SELECT * FROM temp.words"))
    out["broken"] = db.execute("PRAGMA foreign_key_check").fetchall()
    db.close()
    return out


@st.composite
def two_ways(draw):
    stored = draw(archives())
    return stored, draw(st.permutations(stored)), draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))


@cache
def empty_index() -> Path:
    path = Path(tempfile.mkdtemp()) / "index.db"
    Index.open(path, create=True).close()
    return path


@settings(max_examples=200)
@given(two_ways())
def test_live_in_any_order_and_any_batches_equals_rebuilt(ways):
    stored, shuffled, sizes = ways
    with tempfile.TemporaryDirectory() as folder:
        for name in ("rebuilt.db", "live.db"):
            shutil.copy(empty_index(), Path(folder) / name)
        with Index.open(Path(folder) / "rebuilt.db") as index, index.bulk():
            for one in stored:
                index.put(one)
        with Index.open(Path(folder) / "live.db") as index:
            at = 0
            while at < len(shuffled):
                size = sizes[at % len(sizes)]
                index.put_all(shuffled[at : at + size])
                at += size
        live, rebuilt = dump(Path(folder) / "live.db"), dump(Path(folder) / "rebuilt.db")
        assert live == rebuilt
        assert live["broken"] == []
        check_against_the_objects(stored, Path(folder) / "live.db")


def check_against_the_objects(stored, path: Path) -> None:
    """The rules of versions, told a second time in Python."""
    readings = [one for one in stored if hasattr(one, "extraction")]
    current = {}
    for one in sorted(readings, key=lambda one: (one.extracted_at, one.location.record_id)):
        current[one.capture_record_id] = one
    shots = {one.location.record_id: one for one in stored if hasattr(one, "record_type")}
    shown = {}  # capture → reading
    for name in {*shots, *current}:
        step, hops = name, 0
        while step not in current and step in shots and shots[step].capture.revisit_of and hops < 8:
            step, hops = shots[step].capture.revisit_of.record_id, hops + 1
        if step in current:
            shown[name] = current[step]
    captures: dict[str, int] = {}
    for reading in shown.values():
        if reading.extraction.article is not None:
            key = reading.extraction.article.key
            captures[key] = captures.get(key, 0) + 1
    digests: dict[str, set[str]] = {}
    for one in readings:
        if one.extraction.article is not None:
            digests.setdefault(one.extraction.article.key, set()).add(one.extraction.article.content_digest)
    db = sqlite3.connect(path)
    assert dict(db.execute("SELECT key, captures FROM articles")) == captures
    expected = {key: len(digests[key]) for key in captures}
    assert dict(db.execute("SELECT key, versions FROM articles")) == expected
    for key, numbers in db.execute(
        "SELECT key, group_concat(number) FROM (SELECT * FROM versions ORDER BY number) GROUP BY key"
    ):
        assert numbers == ",".join(str(n + 1) for n in range(len(digests[key])))
    db.close()


def spelled(extraction) -> str:
    """What the digest of a result has always been taken of."""
    text = json.dumps(
        extraction,
        default=lambda thing: {field.name: getattr(thing, field.name) for field in attrs.fields(type(thing))},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@given(
    st.text(max_size=40),
    st.text(st.characters(), max_size=20),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5)),
)
@example('\x00\x1f\x7f\u2028\ud800 "\\/', "\U0001f1fb", {"é": "đ", "z": "", "\U0001f600": "\uffff"})
def test_the_digest_of_a_result_is_that_of_its_one_spelling(title, caption, origins):
    url = "https://a.example/p"
    found = article(url, title, caption, photos=(Photo(url=url, caption=caption),), tags=(title, caption))
    result = Extraction(
        verdict="article",
        article=found,
        issues=(Issue(code="truncated", detail=caption),),
        provenance=Provenance(site="a", origins=origins),
    )
    assert result_digest(result) == spelled(result)


@given(st.text(max_size=60))
@example("ǆ ﷺ ½ ㍿ ｶﾞ")
def test_folding_is_stable_and_the_same_for_every_normal_form(text):
    text = "".join(char for char in text if not 0xD800 <= ord(char) < 0xE000)
    folded = base(text)
    assert folded == base(unicodedata.normalize("NFD", text))
    assert base(folded).split() == folded.split()
    assert fold(text).split() == fold(unicodedata.normalize("NFC", text)).split()
    text = unicodedata.normalize("NFC", text)
    if not any(mark in text for mark in "\u3099\u309a\uff9e\uff9f"):  # voicing marks that stand apart
        assert Folded(text).text == base(text)


_table = sqlite3.connect(":memory:", check_same_thread=False)
_table.execute(f"CREATE VIRTUAL TABLE t USING fts5(title, lead, body, captions, tokenize='{TOKENIZE}')")
query_texts = st.text(max_size=30) | st.lists(
    st.sampled_from(
        [
            "a",
            "l'ONU",
            '"',
            "(",
            ")",
            "OR",
            "AND",
            "NOT",
            "-",
            "*",
            "title:",
            "NEAR(",
            ",",
            "联合",
            "人",
            ":",
            "^",
            "{",
            "}",
            "+",
        ]
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=400)
@given(query_texts, st.booleans())
def test_no_text_whatever_makes_sqlite_complain(text, glued):
    text = text.replace(" ", "") if glued else text
    match = ""
    with suppress(QueryError):
        match = parse(text).match
    if match:
        _table.execute("SELECT count(*) FROM t WHERE t MATCH ?", (match,)).fetchone()


words = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x3FFFF, categories=["L", "Nd", "Mn", "Mc"]),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100)
@given(st.lists(words, min_size=1, max_size=5), st.data())
def test_every_word_of_a_text_is_found_and_marked(found, data):
    text = " ".join(found)
    word = data.draw(st.sampled_from(found))
    if not base(word).split():
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.db"
        shot = capture("c", "https://a.example/1")
        with Index.open(path, create=True) as index:
            index.put_all([shot, extraction("e", shot, article("https://a.example/1", "x", text))])
        with Search.open(path) as search:
            results = search.search(Query(text=f'"{word}"'))
            assert results.total == 1
            shown = results.hits[0].snippet
        assert any(marked for _, marked in shown)
        form = "NFKC" if {"ﾞ", "ﾟ"} & set(text) else "NFC"  # half-width voicing marks join their kana
        joined = "".join(piece for piece, _ in shown)
        assert unicodedata.normalize(form, joined) == unicodedata.normalize(form, text)


@given(st.integers(0, 2**60 - 1))
def test_refs_are_the_number_in_twelve_characters(number):
    ref = ref_of(number)
    assert len(ref) == 12
    assert number_of(ref) == number
    assert read_ref(ref.upper()) == ref


@given(st.text(max_size=40))
def test_url_keys_never_fail_and_are_stable(text):
    assert url_key(text) == url_key(text)
    assert url_key(f"http://www.a.example/{text}") == url_key(f"https://a.example/{text}#x")


@given(st.none() | st.text(max_size=30) | st.datetimes().map(lambda moment: moment.isoformat()))
@example("0001-01-01T00:00:00+14:00")
def test_stated_dates_never_fail(text):
    instant, day = instant_and_day(text)
    assert (instant is None) == (day is None)


def test_instants_sort_as_texts():
    times = [moment(0.001), moment(0), moment(1), moment(0.5)]
    stated = [instant_and_day(time.isoformat())[0] for time in times]
    assert sorted(stated) == [instant_and_day(time.isoformat())[0] for time in sorted(times)]
