"""Papers of a few static pages, as `python -m http.server` serves them: no robots.txt, no feed, no sitemap."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.e2e.crawling import crawl

SENTENCE = (
    "Hội đồng thành phố đã thông qua kế hoạch sửa cảng số {n}, le conseil a voté {m} fois pour le port {n}."
)


class Quiet(SimpleHTTPRequestHandler):
    """Answers 304 where a file has not changed since."""

    def log_message(self, *_):
        pass


@pytest.fixture
def pages(tmp_path):
    """Eight articles and a front page that names them."""
    folder = tmp_path / "paper"
    folder.mkdir()
    names = [f"le-conseil-a-vote-la-refection-du-port-{number}.html" for number in range(8)]
    links = "".join(f'<li><a href="/{name}">Le conseil a voté, port {name[-6]}</a></li>' for name in names)
    (folder / "index.html").write_text(f"<title>Le Port</title><h1>Le Port</h1><ul>{links}</ul>")
    for name in names:
        title = f"Le conseil a voté la réfection du port {name[-6]}"
        head = f'<title>{title}</title><meta property="og:type" content="article">'
        head += '<meta property="article:published_time" content="2026-11-20T08:00:00Z">'
        text = "".join(f"<p>{SENTENCE.format(n=name[-6], m=int(name[-6]) * m)}</p>" for m in range(2, 9))
        (folder / name).write_text(
            f"<html lang=fr><head>{head}</head><article><h1>{title}</h1>{text}</article></html>"
        )
    return folder


@contextmanager
def serve(folder):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_second_crawl_that_finds_nothing_new_is_done(tmp_path, pages):
    with serve(pages) as url:
        (first,) = crawl(tmp_path / "c", url)
        (again,) = crawl(tmp_path / "c", url)
    assert (first["status"], first["counts"]["articles"]) == ("done", 8)
    assert (again["status"], again["detail"]) == ("done", None)
    assert again["counts"]["not_modified"] == 1
    for summary in (first, again):  # nothing is due within seconds: that is told, with the moment when it is
        told = summary["revisits"]
        assert (told["known"], told["due"]) == (8, 0)
        assert told["next_at"] > summary["finished_at"]
    assert "gone" not in first["counts"] | again["counts"]  # nobody named the robots.txt that is not there


def test_a_section_that_is_not_there_does_not_spoil_a_crawl_in_which_all_is_known(tmp_path, pages):
    front = pages / "index.html"
    front.write_text(front.read_text() + '<nav><a href="/sports/">Sports</a></nav>')
    with serve(pages) as url:
        crawl(tmp_path / "c", url)
        (again,) = crawl(tmp_path / "c", url)
    assert again["status"] == "done"
    assert again["counts"]["gone"] == 1


def test_a_front_page_that_is_not_there_is_told(tmp_path, pages):
    (pages / "index.html").unlink()
    with serve(pages) as url:
        (summary,) = crawl(tmp_path / "c", f"{url}index.html/")
    assert summary["status"] == "failed"
    assert summary["detail"] == "nothing was found: 1 address is not there"
