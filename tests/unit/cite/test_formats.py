"""Each format, judged by other people's readers of it."""

from __future__ import annotations

import io
import json
import re
import warnings

import attrs
import bibtexparser
import pybtex.database
import pytest
import rispy
from citeproc import Citation as Cited
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from archive.cite import Citation, line
from archive.cite.formats import FORMATS, bibtex, csl, ris, text, write
from archive.cite.names import Name, name_of
from tests.unit.cite.samples import DIGEST, HOSTILE, LANGUAGES, PLAIN, RECORD


def decoded(value: str) -> str:
    """Return what LaTeX prints. pylatexenc does not know two commands for braces, and takes a caret for an accent."""
    for command, brace in ((r"\textbraceleft{}", r"\{"), (r"\textbraceright{}", r"\}")):
        value = value.replace(command, brace)
    return LatexNodes2Text(keep_braced_groups=False).latex_to_text(value).replace("ˆ", "^")


def entry_of(citation: Citation):
    """Return the one entry as pybtex reads it; bibtexparser must find the same one, and nothing else."""
    written = bibtex(citation)
    library = bibtexparser.parse_string(written)
    assert (len(library.blocks), len(library.failed_blocks)) == (1, 0)
    (mine,) = pybtex.database.parse_string(written, "bibtex").entries.values()
    assert library.entries[0].key == mine.key == citation.key
    assert library.entries[0]["title"] == mine.fields["title"]
    return mine


def record_of(citation: Citation):
    written = ris(citation)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", written.replace("\r\n", ""))
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", row) for row in written.split("\r\n") if row)
    (record,) = rispy.loads(written)
    return record


def test_bibtex_of_a_plain_article():
    entry = entry_of(PLAIN)
    assert entry.type == "article"
    assert [(p.first_names, p.last_names) for p in entry.persons["author"]] == [
        (["Mireille"], ["Aubrac"]),
        ([], ["{Nguyễn Văn An}"]),
    ]
    assert entry.fields["title"] == "{« Rien ne sera plus comme avant » : la pêche, vue de près}"
    assert entry.fields["journal"] == "VietnamPlus"
    assert (entry.fields["date"], entry.fields["year"], entry.fields["month"]) == (
        "2024-11-07",
        "2024",
        "November",
    )
    assert (entry.fields["url"], entry.fields["urldate"]) == (PLAIN.url, "2026-11-24")
    assert (entry.fields["language"], entry.fields["langid"]) == ("fr", "french")
    assert entry.key == "vietnamplus-fr-5b15yr84an57-v2"


def test_ris_of_a_plain_article():
    record = record_of(PLAIN)
    assert record["type_of_reference"] == "NEWS"
    assert record["id"] == PLAIN.key
    assert record["authors"] == ["Aubrac, Mireille", "Nguyễn Văn An"]
    assert (record["title"], record["secondary_title"]) == (PLAIN.title, "VietnamPlus")
    assert (record["year"], record["date"], record["access_date"]) == ("2024", "2024/11/07/", "2026/11/24/")
    assert record["urls"] == [PLAIN.url]
    assert record["accession_number"] == RECORD


def rendered(items: list[dict]) -> list[str]:
    """Return a bibliography as citeproc-py makes it of CSL-JSON."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it names members of CSL-JSON that it does not print
        style = CitationStylesStyle("harvard-cite-them-right", locale="en-GB", validate=False)
        source = CiteProcJSON(items)
        bibliography = CitationStylesBibliography(style, source, formatter.plain)
        for item in items:
            bibliography.register(Cited([CitationItem(item["id"])]))
        return [str(entry) for entry in bibliography.bibliography()]


def test_csl_of_a_plain_article():
    item = csl(PLAIN)
    assert item["type"] == "article-newspaper"
    assert item["author"] == [{"family": "Aubrac", "given": "Mireille"}, {"literal": "Nguyễn Văn An"}]
    assert item["issued"] == {"date-parts": [[2024, 11, 7]]}
    assert item["accessed"] == {"date-parts": [[2026, 11, 24]]}
    assert (item["archive"], item["archive_location"], item["version"]) == ("Hemeroteca", RECORD, "2")
    assert item["custom"]["warc"] == {
        "file": "warc/2026/11/x.warc.gz",
        "offset": 417696,
        "length": 4427,
        "record_id": RECORD,
    }
    (shown,) = rendered([item])
    for said in (
        "Aubrac, M.",
        "Nguyễn Văn An",
        "2024",
        "VietnamPlus",
        "7 November",
        PLAIN.url,
        "24 November 2026",
    ):
        assert said in shown


_CSL = {
    "id": str, "type": str, "author": list, "title": str, "container-title": str, "publisher": str, "section": str,
    "language": str, "issued": dict, "URL": str, "accessed": dict, "archive": str, "archive_location": str,
    "version": str, "note": str, "custom": dict,
}  # fmt: skip
"""Of the members that the schema of CSL-JSON 1.0.2 knows, those that are written; it allows no others."""


@pytest.mark.parametrize("citation", [PLAIN, *LANGUAGES.values()])
def test_csl_keeps_to_its_schema(citation):
    item = csl(citation)
    assert {name: type(value) for name, value in item.items()}.items() <= _CSL.items()
    for name in ("issued", "accessed"):
        ((*parts,),) = item[name]["date-parts"]
        assert 1 <= len(parts) <= 3
        assert all(type(part) is int for part in parts)
    assert all(set(author) in ({"literal"}, {"family", "given"}) for author in item["author"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_in_every_format(lang):
    citation = LANGUAGES[lang]
    names = [name.whole for name in citation.authors]
    entry, record, item = entry_of(citation), record_of(citation), csl(citation)
    assert decoded(entry.fields["title"]) == record["title"] == item["title"] == citation.title
    people = entry.persons["author"]
    assert [decoded(" ".join(p.first_names + p.prelast_names + p.last_names)) for p in people] == names
    assert len(record["authors"]) == len(item["author"]) == len(names)
    whole = [name.whole for name in citation.authors if not name.family]
    assert [author["literal"] for author in item["author"] if "literal" in author] == whole
    assert [author for author in record["authors"] if "," not in author] == whole
    assert all(f"{{{name}}}" in bibtex(citation) for name in whole)
    (shown,) = rendered([item])
    assert citation.title in shown
    assert all(name in shown for name in whole)
    assert text(citation).startswith(f"{', '.join(names)}. “{citation.title}”. VietnamPlus, 2024-11-07. ")


def test_what_makes_it_checkable_is_in_every_format():
    for written in (bibtex(PLAIN), ris(PLAIN), csl(PLAIN)["note"], text(PLAIN)):
        for said in (PLAIN.ref, "version 2", "2026-11-24T00:39:37Z", RECORD, DIGEST):
            assert said in written
    for written in (bibtex(PLAIN), ris(PLAIN), csl(PLAIN)["note"]):
        assert "Published 2024-11-07T08:29:50+07:00. Modified 2024-11-08. Agency: VNA." in written


def test_a_day_of_capture_is_no_day_of_publication():
    undated = attrs.evolve(PLAIN, published=None, modified=None)
    entry = entry_of(undated)
    assert not {"date", "year", "month"} & set(entry.fields)
    assert entry.fields["urldate"] == "2026-11-24"
    assert not {"year", "date"} & set(record_of(undated))
    assert "issued" not in csl(undated)
    assert "VietnamPlus, [no date]. " in text(undated)
    assert "The page states no date." in undated.note
    (shown,) = rendered([csl(undated)])
    assert "no date" in shown


@pytest.mark.parametrize(
    ("stated", "parts", "slashes"),
    [
        ("2024", [2024], "2024///"),
        ("2024-11", [2024, 11], "2024/11//"),
        ("2024-11-07", [2024, 11, 7], "2024/11/07/"),
    ],
)
def test_no_more_of_a_date_than_is_stated(stated, parts, slashes):
    partly = attrs.evolve(PLAIN, published=stated)
    assert entry_of(partly).fields["date"] == stated
    assert record_of(partly)["date"] == slashes
    assert csl(partly)["issued"] == {"date-parts": [parts]}


def test_an_agency_is_the_author_where_no_person_is_named():
    wire = attrs.evolve(PLAIN, authors=(), agency="Thomson Reuters, Inc and Sons")
    (author,) = entry_of(wire).persons["author"]
    assert author.last_names == ["{Thomson Reuters, Inc and Sons}"]
    assert record_of(wire)["authors"] == ["Thomson Reuters Inc and Sons"]  # a comma would part it
    assert csl(wire)["author"] == [{"literal": "Thomson Reuters, Inc and Sons"}]
    nobody = attrs.evolve(PLAIN, authors=(), agency=None)
    assert "author" not in csl(nobody)
    assert entry_of(nobody).fields["key"] == "VietnamPlus"
    assert text(nobody).startswith("“")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_texts_that_break_formats(hostile):
    citation = attrs.evolve(
        PLAIN,
        title=hostile,
        newspaper=hostile,
        publisher=hostile,
        section=hostile,
        agency=hostile,
        authors=(Name(line(hostile)), name_of("Anna Müller", "de")),
    )
    clean = line(hostile)
    entry, record, item = entry_of(citation), record_of(citation), csl(citation)
    for name in ("title", "journal", "publisher"):
        assert decoded(entry.fields[name]).split() == clean.split()
    assert [len(person.last_names) for person in entry.persons["author"]] == [1, 1]
    assert entry.persons["author"][1].last_names == ["Müller"]
    assert record["title"] == record["secondary_title"] == item["title"] == clean
    assert len(record["authors"]) == 2
    assert "\n" not in text(citation)
    for written in (bibtex(citation), ris(citation), text(citation)):
        assert not re.search(
            "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", written
        )
    assert json.loads(json.dumps(item, ensure_ascii=False))["title"] == clean


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://x.example/a b{c}\\d", "https://x.example/a%20b%7Bc%7D%5Cd"),
        ("https://x.example/%E6%B2%B3?q=1&r=a_b~c%20#t", "https://x.example/%E6%B2%B3?q=1&r=a_b~c%20#t"),
        ("https://x.example/河内", "https://x.example/河内"),
    ],
)
def test_an_address_stays_one(url, written):
    citation = attrs.evolve(PLAIN, url=url)
    assert (
        entry_of(citation).fields["url"] == record_of(citation)["urls"][0] == csl(citation)["URL"] == written
    )


@given(st.text(max_size=80), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_gives_one_readable_entry(title, authors):
    citation = attrs.evolve(
        PLAIN, title=title, authors=tuple(Name(whole) for whole in map(line, authors) if whole), agency=None
    )
    entry, record = entry_of(citation), record_of(citation)
    assert record["title"] == (line(title) or "[no title]")
    assert len(entry.persons.get("author", [])) == len(citation.authors)


def test_keys_are_stable_unique_and_plain():
    assert attrs.evolve(PLAIN, title="Other", published=None).key == PLAIN.key
    assert attrs.evolve(PLAIN, version=3).key != PLAIN.key
    odd = attrs.evolve(PLAIN, site="[::1]:8000")
    assert re.fullmatch(r"[a-z0-9.-]+", odd.key)
    assert odd.key == "1-8000-5b15yr84an57-v2"


@pytest.mark.parametrize("form", FORMATS)
def test_files_hold_all_or_none(form):
    out, none = io.BytesIO(), io.BytesIO()
    assert write(form, LANGUAGES.values(), out) == len(LANGUAGES)
    assert write(form, [], none) == 0
    written = out.getvalue().decode()
    keys = [citation.key for citation in LANGUAGES.values()]
    if form == "bibtex":
        assert list(pybtex.database.parse_string(written, "bibtex").entries) == keys
        assert len(bibtexparser.parse_string(written).entries) == len(keys)
    elif form == "ris":
        assert [record["id"] for record in rispy.loads(written)] == keys
    elif form == "csl":
        assert [item["id"] for item in json.loads(written)] == keys
        assert json.loads(none.getvalue()) == []
    else:
        assert len(written.splitlines()) == len(keys)


def test_a_rendering_and_a_revisit_say_what_stands_behind_them():
    dom = attrs.evolve(PLAIN, record_type="conversion", refers_to="<urn:uuid:1>")
    assert f"WARC record {RECORD}, rendered from <urn:uuid:1>; payload" in dom.note
    again = attrs.evolve(PLAIN, record_type="revisit", refers_to="<urn:uuid:1>")
    assert f"{RECORD}, revisit of <urn:uuid:1>" in again.note
    bare = attrs.evolve(PLAIN, captured_at=None, record_id=None, payload_digest=None, file=None)
    assert csl(bare)["custom"]["warc"] is None
    assert "accessed" not in csl(bare)
    assert entry_of(bare)
    assert record_of(bare)
