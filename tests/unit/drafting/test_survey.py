from __future__ import annotations

import pytest

from crawler.discovery.links import Candidate, Scope
from hemeroteca.drafting.survey import Mention, choose

HOST = "https://journal.example"


def listed(by, via, *numbers):
    return [
        Mention(by=by, via=f"{HOST}/{via}", link=Candidate(url=f"{HOST}/a/un-titre-de-journal-{n}.html"))
        for n in numbers
    ]


def test_articles_are_chosen_from_every_list_in_turn():
    scope = Scope.of(None, HOST + "/")
    most_read = (10007, 10008, 10009)
    mentions = [
        *listed("front", "", 10001, 10002, 10003, *most_read),
        *listed("section", "monde/", *most_read, 10001, 10004),
        *listed("section", "sport/", *most_read, 10005, 10006),
        *listed("feed", "rss", 10001, 10002),
        *listed("sitemap", "map.xml", 10050),
    ]
    chosen = [int(url[-10:-5]) for url in choose(mentions, scope, 6)]
    assert chosen == [10001, 10004, 10005, 10002, 10050, 10007]
    everything = choose(mentions, scope, 40)
    assert len(everything) == len(set(everything)) == 10
    assert choose([], scope, 8) == []


def test_what_is_no_article_is_not_chosen():
    scope = Scope.of(None, HOST + "/")
    links = [f"{HOST}/tag/1234567", f"{HOST}/contact", f"{HOST}/a/un-titre-de-journal-10001.html"]
    mentions = [Mention(by="front", via=HOST, link=Candidate(url=url)) for url in links]
    assert choose(mentions, scope, 8) == links[2:]


def named(by, via, *paths, title=None):
    return [
        Mention(by=by, via=f"{HOST}/{via}", link=Candidate(url=HOST + path, title=title)) for path in paths
    ]


@pytest.mark.parametrize(
    "paths",
    [
        [f"/politique/story-{5000 + n}.html" for n in range(6)],
        [f"/2026/11/1{n}/barrage.html" for n in range(6)],
        [f"/actu/barrage-ville-port-{5000 + n}.html" for n in range(6)],
        [f"/thoi-su/tin-{n}.htm" for n in range(6)],
    ],
)
def test_what_a_list_of_stories_names_is_an_article_whatever_its_address(paths):
    """A feed, a sitemap of news, cards: other sitemaps name the paper's other pages too."""
    scope = Scope.of(None, HOST + "/")
    wanted = [HOST + path for path in paths]
    for told in (
        named("feed", "rss.xml", *paths),
        named("section", "monde/", *paths),
        named("sitemap", "news.xml", *paths, title="تفتتح المدرسة أبوابها"),
    ):
        assert choose(told, scope, 8) == wanted
    plain = named("sitemap", "map.xml", "/qui-sommes-nous.html", *paths)
    assert choose(plain, scope, 8) == []
    assert set(choose(plain, scope, 8, doubtful=True)) == {HOST + "/qui-sommes-nous.html", *wanted}


def test_addresses_most_like_an_articles_come_first():
    scope = Scope.of(None, HOST + "/")
    likely = [f"/a/un-titre-de-journal-1000{n}.html" for n in range(3)]
    mentions = named("feed", "rss.xml", "/a/story-5000.html", "/tag/eau/", *likely, "/a/story-5001.html")
    assert choose(mentions, scope, 4) == [HOST + path for path in (*likely, "/a/story-5000.html")]
    assert HOST + "/tag/eau/" not in choose(mentions, scope, 8)


def test_an_address_with_the_id_of_the_stories_is_an_articles():
    scope = Scope.of(None, HOST + "/")
    mentions = named("front", "", *(f"/a/story-{5000 + n}.html" for n in range(6)))
    mentions += named("sitemap", "map.xml", "/a/propos.html", "/a/story-4711.html")
    assert HOST + "/a/story-4711.html" in choose(mentions, scope, 20)
    assert HOST + "/a/propos.html" not in choose(mentions, scope, 20)


def test_articles_that_the_user_gives_come_first():
    scope = Scope.of(None, HOST + "/")
    mentions = named("feed", "rss.xml", "/a/story-5000.html", "/a/story-5001.html")
    given = [f"{HOST}/x", f"{HOST}/a/story-5001.html"]
    assert choose(mentions, scope, 2, given=given) == given
    assert choose(mentions, scope, 8, given=given) == [*given, f"{HOST}/a/story-5000.html"]
