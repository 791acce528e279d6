"""robots.txt against real fetches: concurrent waiters, statuses, redirects, delays, and what the archive says."""

from contextlib import ExitStack
from itertools import pairwise

import pytest
from attrs import frozen

from tests.hostile.exact import crawl
from tests.hostile.server import HTML, PAGE, Answer, Server, ok


def text(body: str) -> bytes:
    return ok(b"Content-Type: text/plain; charset=utf-8", body=body.encode())


def answer(data: bytes):
    def reply(a: Answer) -> None:
        a.send(data)
        a.keep = True

    return reply


def moved(to: str):
    return answer(ok(b"Location: " + to.encode(), status=b"HTTP/1.1 301 Moved", body=b""))


def scenarios():
    """Name → what robots.txt answers, what is asked for, other routes. Each has a host of its own."""
    all_forbidden = answer(text("User-agent: *\nDisallow: /\n"))
    chain = {f"/r{number}": moved(f"/r{number + 1}") for number in range(1, 9)}
    ours = "User-agent: *\nDisallow: /\n\nUser-agent: Hemeroteca\nAllow: /\nDisallow: /tin/\n"
    scripts = "User-agent: *\nDisallow: /新闻/\nDisallow: /%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/\nDisallow: /ข่าว\n"
    filler = "# Một dòng chú thích\n" * 30_000
    return {
        "forbidden": (all_forbidden, TEN, {}),
        "some": (answer(text("User-agent: *\nDisallow: /kín\n")), ["/mo", "/an"], {}),
        "ours": (answer(text(ours)), ["/a", "/tin/1"], {}),
        "scripts": (answer(text(scripts)), [*SCRIPTS, "/tin"], {}),
        **{
            name: (
                answer(ok(status=f"HTTP/1.1 {name}".encode(), body=b"User-agent: *\nDisallow: /\n")),
                ["/a", "/b"],
                {},
            )
            for name in (*UNAVAILABLE, *UNREACHABLE)
        },
        "unreachable": (lambda _: None, ["/a", "/b"], {}),
        "five redirects": (moved("/r1"), ["/a", "/b"], chain | {"/r5": all_forbidden}),
        "endless redirects": (moved("/r1"), ["/a"], chain),
        "long": (
            answer(text("User-agent: *\nDisallow: /a\n" + filler + "Disallow: /b\n")),
            ["/a1", "/b1"],
            {},
        ),
        "no robots.txt": (answer(ok(HTML, body=PAGE)), ["/a"], {}),
        "delay": (answer(text("User-agent: *\nCrawl-delay: 0.8\n")), ["/1", "/2", "/3", "/4"], {}),
        "private": (all_forbidden, ["/a"], {}),
    }


SCRIPTS = [
    "/%E6%96%B0%E9%97%BB/1",
    "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/2",
    "/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7",
]
UNAVAILABLE = ["404 Introuvable", "403 Forbidden", "410 Gone"]
UNREACHABLE = ["503 Service Unavailable", "429 Too Many Requests"]


@frozen(eq=False)
class Visit:
    """What one scenario came to."""

    asked: list[str]
    captures: list
    responses: list
    errors: list

    @property
    def codes(self):
        return sorted(each["failure"]["code"] for each in self.captures if each["failure"])


@pytest.fixture(scope="module")
def visits():
    """All scenarios in one crawl, at once."""
    todo = scenarios()
    servers = {}
    with ExitStack() as stack:
        requests = []
        for number, (name, (robots, paths, routes)) in enumerate(todo.items(), 1):
            server = servers[name] = stack.enter_context(Server(f"127.0.1.{number}"))
            server.routes = {path: answer(ok(HTML)) for path in paths} | routes | {"/robots.txt": robots}
            requests += [{"url": server.url("http", path)} for path in paths]
        allowed = [server.host for name, server in servers.items() if name != "private"]
        outcome = crawl({"robots": True, "private_hosts": allowed, "requests": requests})
    return {
        name: Visit(
            [hit.target for hit in server.hits],
            *(
                [each for each in outcome[kind] if each["url"].startswith(server.url("http", "/"))]
                for kind in ("captures", "responses", "errors")
            ),
        )
        for name, server in servers.items()
    }


TEN = [f"/tin-tuc/{number}.html" for number in range(10)]


def test_ten_at_once_under_disallow_all_fetch_nothing(visits):
    visit = visits["forbidden"]
    assert visit.asked == ["/robots.txt"]
    assert visit.responses == []
    assert visit.codes == [-9998] * 10
    assert all(each["request"] == b"" for each in visit.captures if each["failure"])
    assert {error["type"] for error in visit.errors} == {"RobotsForbiddenError"}


def test_scrapys_own_middleware_still_lets_them_through():
    """When this fails, Scrapy has repaired it: the reason for crawler/robots.py has to be told anew."""
    stock = {
        "ROBOTSTXT_OBEY": True,
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.robots.RobotsMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": 100,
        },
    }
    with Server() as server:
        server.routes = {path: answer(ok(HTML)) for path in TEN}
        server.routes["/robots.txt"] = answer(text("User-agent: *\nDisallow: /\n"))
        requests = [{"url": server.url("http", path)} for path in TEN]
        crawl({"private_hosts": [server.host], "requests": requests, "settings": stock})
    assert len(server.hits) > 1


def test_robots_txt_is_archived_and_says_why_it_was_asked_for(visits):
    visit = visits["some"]
    assert visit.asked.count("/robots.txt") == 1
    (capture,) = [each for each in visit.captures if each["url"].endswith("/robots.txt")]
    assert capture["body"].startswith(b"User-agent")
    assert capture["found"]["by"] == "robots"
    assert capture["found"]["hop"] == "P"
    assert capture["found"]["via"].endswith(("/mo", "/an"))
    assert len(visit.responses) == 2


def test_rules_for_our_name_win(visits):
    assert sorted(visits["ours"].asked) == ["/a", "/robots.txt"]
    (forbidden,) = [each for each in visits["ours"].captures if each["failure"]]
    assert "hemeroteca" in forbidden["failure"]["reason"]


def test_rules_hold_in_every_script(visits):
    assert sorted(visits["scripts"].asked) == ["/robots.txt", "/tin"]
    assert visits["scripts"].codes == [-9998] * len(SCRIPTS)


@pytest.mark.parametrize("status", UNAVAILABLE)
def test_4xx_means_no_rules(visits, status):
    assert sorted(visits[status].asked) == ["/a", "/b", "/robots.txt"]
    assert len(visits[status].responses) == 2


@pytest.mark.parametrize("status", UNREACHABLE)
def test_5xx_and_429_forbid_everything(visits, status):
    assert visits[status].asked == ["/robots.txt"]
    assert visits[status].codes == [-61, -61]


def test_unreachable_forbids_everything(visits):
    assert visits["unreachable"].asked == ["/robots.txt"]
    assert visits["unreachable"].codes == [-404, -61, -61]


def test_five_redirects_are_followed(visits):
    visit = visits["five redirects"]
    assert visit.asked == ["/robots.txt", "/r1", "/r2", "/r3", "/r4", "/r5"]
    (last,) = [each for each in visit.captures if each["url"].endswith("/r5")]
    assert last["found"]["by"] == "redirect"
    assert last["found"]["hop"] == "PRRRRR"
    assert visit.codes == [-9998, -9998]


def test_a_sixth_redirect_means_no_rules(visits):
    assert "/r6" not in visits["endless redirects"].asked
    assert len(visits["endless redirects"].responses) == 1


def test_only_the_first_500_kib_count(visits):
    assert sorted(visits["long"].asked) == ["/b1", "/robots.txt"]


def test_a_body_that_is_no_robots_txt_forbids_nothing(visits):
    assert sorted(visits["no robots.txt"].asked) == ["/a", "/robots.txt"]


def test_crawl_delay_is_kept(visits):
    times = sorted(response["at"] for response in visits["delay"].responses)
    assert len(times) == 4
    assert min(late - early for early, late in pairwise(times)) > 0.7


def test_a_private_address_is_the_guards_to_refuse(visits):
    assert visits["private"].asked == []
    assert visits["private"].codes == [-5000, -5000]
