from __future__ import annotations

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
