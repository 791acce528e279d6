"""Reading: forty searches in fifteen languages, filters, facets, snippets, links, versions, numbers."""

# ruff: noqa: RUF043  (tables of cases)
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from archive.errors import IndexStoreError, NothingFoundError, QueryError, UsageError
from archive.index.results import join
from archive.index.search import Query, Search
from archive.index.store import Index
from archive.model import Dateline, Photo, RelatedLink
from tests.unit.index.stories import LINK, PHOTO, article, capture, extraction, failure, file, run, story

CASES = [
    # query, a text that has to be found by it, one that must not
    ("ONU", "Un vote de l’ONU", "Un vote de Lonus"),
    ("l'ONU", "Un vote de l’ONU", "l’OTAN vote"),
    ("l’ONU", "Un vote de l'ONU", "ONUSIEN"),
    ("lʼONU", "Un vote de l’ONU", None),
    ("d'Hanoï", "le sommet d’Hanoï", "le sommet de Hué"),
    ("hanoi", "le sommet d’Hanoï", None),
    ("aujourd'hui", "c’est aujourd’hui", "le jour d’hui"),
    ("oeuvre", "une œuvre d’art", "un ouvrage"),
    ("cœur", "un coeur simple", None),
    ("élève", "ELEVE MODELE", None),
    ("ha noi", "Thủ đô Hà Nội", "hạn nói"),
    ("đánh giá", "Danh gia chung", None),
    ("danh gia", "Đánh giá của chuyên gia", None),
    ("điều", "điều kiện", "kiện"),
    ("nguoi", "Người dân", None),
    ("año", "este ano", None),
    ("accion", "La acción de hoy", None),
    ("联合国", "中国常驻联合国代表", "联合会国家"),
    ("人权", "国际人权法", "人的权利"),
    ("人", "这是一个人", "没有"),
    ("联合国人权", "联合国人权理事会", "联合国的人权"),
    ("2024年", "在2024年夏天", None),
    ("国際連合", "国際連合の総会", "国際的な連合"),
    ("人権", "基本的人権を守る", None),
    ("ガイド", "観光ｶﾞｲﾄﾞの本", "カイト"),
    ("국제연합", "국제연합은 오늘", "국제 사회 연합"),
    ("권리", "모든 권리를 가진다", None),
    ("еще", "Ещё раз", None),
    ("ЁЛКА", "новогодняя елка", None),
    ("права", "Права человека", "право"),
    ("มนุษย์", "สิทธิมนุษยชนและมนุษย์ทุกคน", "มนุษ"),
    ("ประเทศไทย", "วันนี้ประเทศไทยประกาศ", "ประเทศ ลาว"),
    ("الامم المتحدة", "قرار الأُمَم المتّحدة اليوم", "الأمم"),
    ("مدرسه", "مدرسة جديدة", None),
    ("برلمان", "جلسة البرلمان اليوم", "برلماني"),
    ("البرلمان", "جلسة برلمان جديد", None),
    ("برلمان", "رسالة للبرلمان وبالبرلمان", None),
    ('"مصنع"', "مصنع كبير", "المصنع الكبير"),
    ("الله", "بإذن الله", "قال له"),
    ("والد", "والد الطفل", None),
    ("على", "علي", None),
    ("strasse", "Die Straße ist lang", None),
    ("STRASSE", "Die Straße ist lang", None),
    ("lodz", "Łódź i Kraków", None),
    ("malmo", "Malmø by", None),
    ("abc123", "ＡＢＣ１２３ です", None),
    ("istanbul", "İSTANBUL ve ISPARTA", None),
    ("हिन्दी", "यह हिन्दी में है", "हन्द"),
    ("vice-premier", "le vice-premier ministre", "le premier vice"),
    ("COVID病毒", "新型COVID病毒", None),
]


@pytest.fixture(scope="module")
def languages(tmp_path_factory):
    path = tmp_path_factory.mktemp("languages") / "index.db"
    with Index.open(path, create=True) as index:
        for n, (_, wanted, unwanted) in enumerate(CASES):
            index.put_all(story(f"w{n}", f"https://a.example/w{n}", "x", f"Début. {wanted} Fin.", minutes=n))
            if unwanted:
                index.put_all(
                    story(f"u{n}", f"https://a.example/u{n}", "x", f"Début. {unwanted} Fin.", minutes=n)
                )
    with Search.open(path) as search:
        yield search


@pytest.mark.parametrize(("number", "query"), [(n, case[0]) for n, case in enumerate(CASES)])
def test_found_in_its_language_and_marked_in_the_snippet(languages, number, query):
    results = languages.search(Query(text=query, limit=100))
    hits = {hit.url: hit for hit in results.hits}
    assert f"https://a.example/w{number}" in hits
    assert f"https://a.example/u{number}" not in hits
    shown = hits[f"https://a.example/w{number}"].snippet
    assert any(marked for _, marked in shown), shown


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("l'ONU", "Un vote de l’ONU hier", "Un vote de [l’ONU] hier"),
        ("人权", "国际人权法院", "国际[人权]法院"),
        ("人", "一个人 人民", "一个[人] [人]民"),
        ("ha noi", "Thủ đô Hà Nội mưa", "Thủ đô [Hà] [Nội] mưa"),
        ('"ha noi"', "Thủ đô Hà Nội mưa", "Thủ đô [Hà Nội] mưa"),
        ("oeuvre*", "des œuvres d’art", "des [œuvres] d’art"),
        ("มนุษย์", "สิทธิมนุษย์ทุกคน", "สิทธิ[มนุษย์]ทุกคน"),
        ("حكومة", "قالت الحُكومة إنّ حكومة", "قالت [الحُكومة] إنّ [حكومة]"),
        ("الحكومة", "خطة للحكومة", "خطة [للحكومة]"),
        ("strasse", "Die Straße, Straßen", "Die [Straße], Straßen"),
        ("iphone", "使用iPhone手机", "使用[iPhone]手机"),
        ("vote -rien", "un vote", "un [vote]"),
    ],
)
def test_marks_stand_on_the_original_text(tmp_path, query, text, marked):
    with Index.open(tmp_path / "index.db", create=True) as index:
        index.put_all(story("1", "https://a.example/1", text, "Corps"))
    with Search.open(tmp_path / "index.db") as search:
        (hit,) = search.search(Query(text=query)).hits
    assert join(hit.title_marked) == marked
    assert join(hit.snippet) == "Corps"


def test_a_long_text_gives_a_short_snippet_around_the_words(tmp_path):
    filler = "mot " * 500
    with Index.open(tmp_path / "index.db", create=True) as index:
        index.put_all(story("1", "https://a.example/1", "Titre", filler + "le gaz du Việt Nam " + filler))
    with Search.open(tmp_path / "index.db") as search:
        (hit,) = search.search(Query(text="gaz vietnam* OR việt")).hits
    shown = join(hit.snippet)
    assert "[gaz]" in shown
    assert "[Việt]" in shown
    assert len(shown) < 230
    assert shown.startswith("… ")
    assert shown.endswith(" …")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "index.db"
    link = attrs.evolve(LINK, url="http://www.a.example/1/?utm_source=box#top")
    with Index.open(path, create=True) as index:
        index.put_all(
            [
                *story(
                    "1", "https://a.example/1", "Le sommet de Huế", "Le gaz coule.", lead="Chapô rare", tags=("paix", "gaz"),
                    published="2025-12-31T23:30:00-05:00", authors=("Anh", "Bình"), section="Monde", photos=(PHOTO,),
                ),
                *story(
                    "2", "https://a.example/2", "Autre", "Le sommet. Le sommet. Le sommet.", minutes=10, lang="vi",
                    published="2026-02-10", related=(link, attrs.evolve(LINK, url="https://b.example/x", position=2)),
                ),
                *story(
                    "3", "https://b.example/3", "Tiers", "Huế et le gaz du sommet", minutes=20, site="revue",
                    lang="zh-hant", authors=("Anh",), published="2026-02-11T08:00:00+07:00",
                ),
                *story("4", "https://b.example/4", "Sans date", "Rien", minutes=30, site="revue", lang=None),
                capture("c-list", "https://a.example/list", 40),
                failure("f", "https://a.example/gone", 50),
                run("run-1", status="done", end=60),
                run("run-2", minutes=70, status="failed", end=80, site="revue"),
                file(5000, 12),
            ]
        )  # fmt: skip
        (shot,) = [capture("c-list2", "https://a.example/list2", 41)]
        index.put_all([shot, extraction("e-list2", shot, None)])
    return path


@pytest.fixture
def search(path):
    with Search.open(path) as search:
        yield search


def urls(results) -> list[str]:
    return [hit.url.rsplit("/", 1)[1] for hit in results.hits]


def test_a_word_in_the_title_ranks_before_the_same_word_in_the_body(search):
    results = search.search(Query(text="sommet"))
    assert results.total == 3
    assert urls(results)[0] == "1"
    assert [hit.rank for hit in results.hits] == sorted(hit.rank for hit in results.hits)


def test_browsing_without_text_is_newest_first(search):
    assert urls(search.search(Query())) == ["4", "3", "2", "1"]
    assert urls(search.search(Query(sort="oldest"))) == ["1", "2", "3", "4"]
    assert urls(search.search(Query(limit=2, offset=1))) == ["3", "2"]
    assert search.search(Query(limit=0)).total == 4
    assert search.search(Query(limit=0)).hits == ()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"site": "revue"}, "43"),
        ({"site": ["revue", "gazette"]}, "4321"),
        ({"lang": "zh"}, "3"),
        ({"lang": ["vi", "fr"]}, "21"),
        ({"since": "2026"}, "432"),
        ({"until": "2025"}, "1"),
        ({"since": "2026-02-10", "until": "2026-02-10"}, "2"),
        ({"since": "2026-02", "until": "2026-02"}, "32"),
        ({"since": "2026-03-01"}, "4"),  # no date stated: the day of the capture
        ({"since": "2026-01-01T00:00:00+00:00", "until": "2026-02-01"}, "1"),
        ({"since": "2026-01-01T04:00:00+00:00", "until": "2026-01-01T05:00:00+00:00"}, "1"),
        ({"captured_since": "2026-03-01T06:15"}, "43"),
        ({"captured_until": "2026-03-01T06:15:00+00:00"}, "21"),
        ({"author": "Anh"}, "31"),
        ({"tag": "paix"}, "1"),
        ({"section": "Monde"}, "1"),
        ({"author": "ANH"}, "31"),
        ({"author": "binh"}, "1"),
        ({"author": ["Bi\u0300nh", "nobody"]}, "1"),
        ({"tag": "Paix"}, "1"),
        ({"section": "MONDE"}, "1"),
        ({"section": "monde ", "tag": "GAZ"}, "1"),
        ({"site": "Revue"}, "43"),
        ({"site": "www.revue"}, ""),
        ({"lang": "VI"}, "2"),
        ({"lang": "zh_Hant"}, "3"),
        ({"text": "gaz", "site": "revue"}, "3"),
        ({"text": "sommet", "sort": "newest"}, "321"),
        ({"text": "title:sommet"}, "1"),
        ({"text": "sommet", "fields": "title"}, "1"),
        ({"text": "caption:pont"}, "1"),
        ({"text": "lead:rare"}, "1"),
        ({"text": "body:rare"}, ""),
        ({"text": "sommet -gaz"}, "2"),
        ({"text": "rien OR rare", "sort": "newest"}, "41"),
        ({"text": "NEAR(hue sommet, 5)", "sort": "newest"}, "31"),
    ],
)  # fmt: skip
def test_filters(search, filters, expected):
    results = search.search(Query(**filters))
    if filters.get("sort") or not filters.get("text"):
        assert "".join(urls(results)) == expected
    assert results.total == len(expected)
    assert sorted(urls(results)) == sorted(expected)


def test_names_are_one_however_they_are_spelled(tmp_path):
    spellings = [
        ("Société", ("Léa Đặng", "LÉA ĐẶNG"), ("C++", "Énergie")),
        ("SOCIÉTÉ", ("Léa Đặng",), ("C", "énergie")),
        ("Societe", ("lea dang", "د. أحمد"), ("C#", "ENERGIE")),
        ("社会", ("د أحمد",), ("Énergie",)),
    ]
    with Index.open(tmp_path / "index.db", create=True) as index:
        for number, (section, authors, tags) in enumerate(spellings):
            made = story(
                str(number), f"https://www.a.example/{number}", "Titre", "Texte", section=section, authors=authors,
                tags=tags, site="a.example",
            )  # fmt: skip
            index.put_all(made)
    with Search.open(tmp_path / "index.db") as search:
        results = search.search(Query(facet=("section", "author", "tag"), limit=0))
        assert results.facets == {
            "section": (("SOCIÉTÉ", 3), ("社会", 1)),
            "author": (("Léa Đặng", 3), ("د أحمد", 2)),
            "tag": (("Énergie", 4), ("C", 1), ("C#", 1), ("C++", 1)),
        }
        for asked, total in (
            ({"section": "société"}, 3),
            ({"author": "Lea Dang"}, 3),
            ({"author": "د. احمد"}, 2),
            ({"tag": "c++"}, 1),
            ({"tag": "energie", "text": "titre"}, 4),
            ({"site": "WWW.A.EXAMPLE"}, 4),
        ):
            assert search.search(Query(**asked)).total == total, asked


def test_facets_and_periods(search):
    results = search.search(Query(facet=["site", "lang", "author", "tag", "year"], per="month", limit=0))
    assert results.facets["site"] == (("gazette", 2), ("revue", 2))
    assert results.facets["lang"] == (("fr", 1), ("vi", 1), ("zh-hant", 1))
    assert results.facets["author"] == (("Anh", 2), ("Bình", 1))
    assert results.facets["tag"] == (("gaz", 1), ("paix", 1))
    assert results.facets["year"] == (("2026", 2), ("2025", 1))
    assert results.periods == (("2025-12", 1), ("2026-02", 2))
    assert (results.total, results.undated) == (4, 1)
    results = search.search(Query(text="sommet", facet="author", per="day"))
    assert results.facets == {"author": (("Anh", 2), ("Bình", 1))}
    assert results.periods == (("2025-12-31", 1), ("2026-02-10", 1), ("2026-02-11", 1))


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"text": "l'ONU AND (x OR"}, QueryError, "at character"),
        ({"since": "hier"}, UsageError, "no ISO date"),
        ({"until": "2026-02-30"}, UsageError, "no day 2026-02-30"),
        ({"sort": "date"}, UsageError, "unknown order"),
        ({"facet": "x"}, UsageError, "unknown facet"),
        ({"per": "week"}, UsageError, "unknown period"),
    ],
)
def test_what_cannot_be_asked(search, asked, error, words):
    with pytest.raises(error, match=words):
        search.search(Query(**asked))


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_common_words_by_date_give_what_sorting_gives(search, monkeypatch, sort):
    query = Query(text="sommet OR rien", sort=sort, site=("revue", "gazette"), since="2026")
    slow = urls(search.search(query))
    monkeypatch.setattr("archive.index.search._MANY", 0)
    assert urls(search.search(query)) == slow
    assert len(slow) == 3


def test_every_match_can_be_streamed(search, monkeypatch):
    monkeypatch.setattr("archive.index.search._CHUNK", 1)
    assert [row.title for row in search.articles(Query(text="sommet", sort="newest", limit=1))] == [
        "Tiers", "Autre", "Le sommet de Huế",
    ]  # fmt: skip
    assert len(list(search.refs(Query()))) == 4
    assert search.explain(Query(text="Hà Nội")) == '("ha") AND ("noi")'


@pytest.mark.parametrize(
    "what",
    ["https://a.example/1", "http://www.a.example/1/", "https://m.a.example/1?utm_source=x#y", "a.example/1"],
)
def test_an_article_by_any_spelling_of_its_url(search, what):
    assert search.article(what).title == "Le sommet de Huế"


def test_an_article_by_its_ref(search):
    row = search.article("https://a.example/1")
    assert len(row.ref) == 12
    for what in (row.ref, row.ref.upper(), row.ref[:6], f" {row.ref} ", f"{row.ref[:4]}-{row.ref[4:]}"):
        assert search.article(what).id == row.id
    assert search.article_by_id(row.id).ref == row.ref


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("zzzzzzzzzzzz", "no such article"),
        ("https://a.example/none", "no such article"),
        ("", "no such article"),
        ("https://a.example/list2", "captured 1 time, but not an article .read as listing"),
        ("https://a.example/list", "status 200, not read"),
    ],
)
def test_no_such_article_says_why(search, what, words):
    with pytest.raises(NothingFoundError, match=words):
        search.article(what)


def test_the_beginning_of_several_refs(tmp_path):
    with Index.open(tmp_path / "index.db", create=True) as index, index.batch():
        for n in range(300):
            for thing in story(str(n), f"https://a.example/{n}", "T", "x", minutes=n):
                index.put(thing)
    with Search.open(tmp_path / "index.db") as search:
        first, second, *_ = sorted(search.refs(Query()))
        enough = next(n for n in range(1, 13) if not second.startswith(first[:n]))
        assert search.article(first[:enough]).ref == first
        assert search.article(first[:enough].upper().replace("0", "O")).ref == first
        with pytest.raises(UsageError, match=rf"several ids: {first}, {second}"):
            search.article(first[: enough - 1])
        with pytest.raises(UsageError, match=r"; write more of it") as error:
            search.article(first[:1])
        begin_so = sum(ref.startswith(first[:1]) for ref in search.refs(Query()))
        assert len(re.findall(r"\b[0-9a-z]{12}\b", str(error.value))) == min(begin_so, 10)
        with pytest.raises(NothingFoundError):
            search.article("!")


def test_versions_photos_and_the_document(search):
    row = search.article("https://a.example/1")
    (version,) = search.versions(row)
    assert search.version(row).id == version.id == search.version(row, 1).id
    assert (version.number, version.captures, version.authors, version.tags) == (
        1,
        1,
        ("Anh", "Bình"),
        ("paix", "gaz"),
    )
    assert [(photo.caption, photo.credit) for photo in search.photos(version)] == [("Le pont de Huế", "VNA")]
    with pytest.raises(NothingFoundError, match="no version 7 .there are: 1"):
        search.version(row, 7)


def test_the_document_is_the_article_that_was_extracted(tmp_path):
    whole = article(
        "https://a.example/1", "Titre", "Un.", "Deux 联合国", kicker="Sur", lead="Chapô", key="k", lang="fr",
        photos=(PHOTO, Photo(url=None, alt="x")), related=(LINK, RelatedLink(url="https://a.example/3", title="T", position=9)),
        published="2026-01-02", published_raw="le 2 janvier", modified="2026-01-03T08:00:00+07:00", authors=("Anh",),
        agency="VNA", section="Monde", tags=("a", "b"), dateline=Dateline(raw="Hanoï (VNA) –", place="Hanoï", agency="VNA"),
        sign_off="VNA/CVN", canonical_url="https://a.example/canon",
    )  # fmt: skip
    shot = capture("c", "https://a.example/1")
    with Index.open(tmp_path / "index.db", create=True) as index:
        index.put_all([shot, extraction("e", shot, whole)])
    with Search.open(tmp_path / "index.db") as search:
        assert search.document(search.article("https://a.example/canon")) == whole


def test_related_links_in_both_directions(search):
    one, two = search.article("https://a.example/1"), search.article("https://a.example/2")
    out = search.related_out(two)
    assert [(link.ref, link.target_title) for link in out] == [(one.ref, "Le sommet de Huế"), (None, None)]
    assert out[0].box == "Voir plus"
    (back,) = search.related_in(one)
    assert (back.ref, back.title, back.link_title) == (two.ref, "Autre", "À lire aussi")
    assert search.related_in(two) == []
    assert list(search.link_graph()) == [(two.ref, one.ref)]


def test_captures_and_readings(search):
    row = search.article("https://a.example/1")
    (shot,) = search.captures(row)
    assert shot.location.record_id == "<urn:uuid:c-1>"
    assert search.capture("<urn:uuid:c-1>").id == shot.id == search.capture(shot.id).id
    (reading,) = search.extractions(shot)
    assert reading.origins == {"title": "css:h1"}
    assert search.extraction(shot.extraction_id).record_id == reading.record_id == "<urn:uuid:e-1>"
    assert reading.location.record_id == "<urn:uuid:e-1>"
    assert search.extraction(search.captures_of_url("https://a.example/list")[0].extraction_id) is None
    assert len(list(search.captures_in_order())) == 6
    with pytest.raises(NothingFoundError, match="no such capture"):
        search.capture("<urn:uuid:none>")


def test_runs(search):
    assert [row.run_id for row in search.runs()] == ["run-2", "run-1"]
    assert [row.run_id for row in search.runs("gazette")] == ["run-1"]
    assert [(row.run_id, row.counts) for row in search.runs(failed=True)] == [("run-2", {"fetched": 3})]


def test_stats_and_status(search):
    stats = search.stats()
    assert (stats.articles, stats.versions, stats.captures, stats.failures, stats.files) == (4, 4, 6, 1, 1)
    assert stats.warc_bytes == 5000
    assert {site.site: site.articles for site in stats.sites} == {"gazette": 2, "revue": 2}
    assert stats.verdicts == {"article": 4, "listing": 1}
    status = search.status()
    assert status.ok
    assert (status.files, status.captures, status.not_yet_extracted) == (1, 6, 1)


def test_an_empty_index_answers(tmp_path):
    Index.open(tmp_path / "index.db", create=True).close()
    with Search.open(tmp_path / "index.db") as search:
        assert search.search(Query(text="x", facet="site", per="year")).total == 0
        assert search.stats().first_captured_at is None
        assert search.runs() == []


def test_reading_beside_a_writer_sees_what_is_committed(tmp_path):
    with (
        Index.open(tmp_path / "index.db", create=True) as index,
        Search.open(tmp_path / "index.db") as search,
    ):
        for n in range(3):
            index.put_all(story(str(n), f"https://a.example/{n}", "Titre", "x", minutes=n))
            assert search.search(Query(text="titre")).total == n + 1


def test_a_reader_cannot_write(search):
    with pytest.raises(Exception, match="readonly|read-only|query_only"):
        search._db.execute("DELETE FROM captures")


def test_a_database_without_an_index_is_refused(tmp_path):
    import sqlite3

    db = sqlite3.connect(tmp_path / "index.db")
    db.execute("CREATE TABLE x(y)")
    db.close()
    with pytest.raises(IndexStoreError, match="no index in it"):
        Search.open(tmp_path / "index.db")


def test_searching_imports_nothing_heavy():
    code = (
        "import sys; import archive.index.search;"
        "print([m for m in ('scrapy', 'twisted', 'lxml', 'dateparser', 'sqlite_utils', 'orjson', 'cattrs', 'click')"
        " if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
