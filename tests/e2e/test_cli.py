"""The command as a shell sees it: streams, exit codes, locales, pipes, signals, start-up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from archive.locks import hold_collection, hold_site
from tests.newsroom.newsroom import Newsroom
from tests.newsroom.server import serve
from tests.stored_pages import PROFILE, STORIES, make_collection, page_of

HEMEROTECA = [sys.executable, "-m", "hemeroteca"]


def shell(*arguments, cwd, environment=None, **options):
    words = [*HEMEROTECA, *map(str, arguments)]
    return subprocess.run(
        words,
        cwd=cwd,
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, **(environment or {})},
        **options,
    )


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    return make_collection(tmp_path_factory.mktemp("shell") / "press", 2, profile=PROFILE).collection


PAGES = {f"/{story.lang}/article-{story.lang}-1.html": page_of(story) for story in STORIES}


class Newspaper(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        status, kind, body = 200, "text/html; charset=utf-8", PAGES.get(self.path)
        if self.path == "/robots.txt":
            kind, body = "text/plain", b"User-agent: *\nAllow: /\n"
        elif self.path in ("/", "/fr/"):
            links = "".join(
                f'<article><h2><a href="/{it.lang}/article-{it.lang}-1.html">{it.title}</a></h2></article>'
                for it in STORIES
            )
            body = (
                '<!doctype html><html lang="fr"><head><title>Le Journal</title></head><body>'
                f'<nav><a href="/fr/">Monde</a></nav><main>{links}</main></body></html>'
            ).encode()
        elif self.path == "/slow.html":
            time.sleep(3)
        if body is None:
            status, body = 404, b"none"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def newspaper():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Newspaper)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_from_nothing_to_a_verified_archive(newspaper, tmp_path):
    assert shell("init", "press", cwd=tmp_path).returncode == 0
    press = tmp_path / "press"
    crawled = shell("crawl", newspaper, "--allow-private", "--delay", "0", "--json", cwd=press)
    assert crawled.returncode == 0, crawled.stderr
    assert json.loads(crawled.stdout)[0]["counts"]["articles"] == len(STORIES)
    found = shell("search", "网络犯罪", "--json", cwd=press)
    assert [hit["title"] for hit in json.loads(found.stdout)["hits"]] == [STORIES[2].title]
    captured = shell(
        "capture",
        "-",
        "--allow-private",
        "--delay",
        "0",
        cwd=press,
        input=f"{newspaper}/none.html\n".encode(),
    )
    assert captured.returncode == 1  # all that was asked for is not there
    draft = shell("sites", "new", f"{newspaper}/", "--allow-private", "--name", "journal", cwd=press)
    assert draft.returncode == 0, draft.stderr
    assert b"hemeroteca reextract --stale" in draft.stderr
    assert f"{newspaper}/fr/" in (press / "sites" / "journal.toml").read_text(encoding="utf-8")
    again = shell("reextract", "--json", cwd=press)
    assert json.loads(again.stdout)["changed"] > 0
    assert json.loads(shell("reextract", "--json", cwd=press).stdout)["changed"] == 0
    exported = shell("export", "-o", "-", cwd=press)
    assert len(exported.stdout.splitlines()) == len(STORIES)
    checked = shell("verify", cwd=press)
    assert (checked.returncode, checked.stdout) == (0, b""), checked.stdout + checked.stderr
    assert b"crawl" in shell("runs", cwd=press).stdout


def test_a_drafted_profile_reads_a_paper_of_several_languages(tmp_path):
    """It says where the articles are and what their ids are; their language they say themselves."""
    shell("init", cwd=tmp_path)
    with serve(Newsroom(seed=5, articles_per_section=4, page_size=20)) as site:
        draft = shell("sites", "new", f"{site.url}/", "--allow-private", "--name", "ambre", cwd=tmp_path)
        assert draft.returncode == 0, draft.stderr
        text = (tmp_path / "sites" / "ambre.toml").read_text(encoding="utf-8")
        assert "\narticle_id = '[-/_]a(\\d{4,})\\.html$'\n" in text
        crawled = shell("crawl", "ambre", "--delay", "0", cwd=tmp_path)  # the draft allows its own host
        assert crawled.returncode in (0, 3), crawled.stderr
        known = {article.key: article.lang for article in site.newsroom.articles}
    exported = shell("export", "-o", "-", cwd=tmp_path).stdout.splitlines()
    found = {article["key"]: article["lang"] for article in map(json.loads, exported)}
    assert len(set(known.values())) >= 4
    assert found == {key: lang for key, lang in known.items() if key in found}
    assert len(found) >= 0.9 * len(known)


def test_private_addresses_are_refused_by_default(newspaper, tmp_path):
    shell("init", cwd=tmp_path)
    result = shell("capture", f"{newspaper}/fr/article-fr-1.html", cwd=tmp_path)
    assert result.returncode in (1, 3)
    assert shell("search", "sommet", "--count", cwd=tmp_path).stdout == b"0\n"


def test_data_on_stdout_and_everything_else_on_stderr(press):
    result = shell("search", "sommet", "--jsonl", cwd=press)
    assert all(json.loads(line) for line in result.stdout.splitlines())
    nothing = shell("search", "zebra", cwd=press)
    assert (nothing.returncode, nothing.stdout) == (4, b"")
    assert nothing.stderr.count(b"\n") == 1
    assert shell("search", "--since", "gibberish", cwd=press).returncode == 2


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "latin-1:strict"},
    ],
)
def test_utf8_whatever_the_locale(press, environment):
    result = shell("search", "hà nội", cwd=press, environment=environment)
    assert result.returncode == 0, result.stderr
    assert STORIES[1].title in result.stdout.decode("utf-8")
    shown = shell("show", "https://journal.example/ar/article-ar-1.html", cwd=press, environment=environment)
    assert STORIES[3].title in shown.stdout.decode("utf-8")


def test_a_reader_that_leaves_is_no_error(press):
    """`hemeroteca export -o - | head -1`, and the same with a text page."""
    for arguments in (
        ["export", "-o", "-"],
        ["show", "https://journal.example/fr/article-fr-1.html"],
        ["sites", "list"],
    ):
        reading, writing = os.pipe()
        os.close(reading)
        result = subprocess.run(
            [*HEMEROTECA, *arguments],
            cwd=press,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        os.close(writing)
        assert result.stderr == b""
        assert result.returncode == 0


def test_locked_is_exit_code_6(press, newspaper, tmp_path):
    with hold_collection(press / "log", shared=True):
        result = shell("index", "rebuild", cwd=press)
    assert result.returncode == 6
    assert result.stderr.count(b"\n") == 1
    shell("init", cwd=tmp_path)
    with hold_site(tmp_path / "log", "127.0.0.1"):
        assert shell("crawl", newspaper, "--allow-private", cwd=tmp_path).returncode == 6


def test_ctrl_c_is_exit_code_130_and_no_traceback(press, tmp_path):
    target = tmp_path / "out.jsonl"
    # A shell that starts the tests with & has them ignore Ctrl-C, and so would every child.
    heard = [
        sys.executable,
        "-c",
        "import os, signal, sys; signal.signal(2, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
    ]
    command = [*heard, *HEMEROTECA, "extract", "--manifest", "-", "--output", str(target), "--jobs", "1"]
    with subprocess.Popen(command, cwd=press, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        errors = process.stderr.read()
        assert process.wait(30) == 130
    assert errors.count(b"\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_in_a_crawl_keeps_what_was_fetched(newspaper, tmp_path):
    shell("init", cwd=tmp_path)
    urls = [f"{newspaper}/fr/article-fr-1.html", f"{newspaper}/slow.html"]
    command = [*HEMEROTECA, "capture", *urls, "--allow-private", "--delay", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while (
            shell("search", "sommet", "--count", cwd=tmp_path).stdout != b"1\n"
            and time.monotonic() < deadline
        ):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert b"Traceback" not in process.stderr.read()
    assert shell("verify", cwd=tmp_path).returncode == 0
    assert shell("search", "sommet", "--count", cwd=tmp_path).stdout == b"1\n"


PROBE = """
import sys
from hemeroteca.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
heavy = ("scrapy", "twisted", "lxml", "parsel", "dateparser", "rich", "cattrs", "fastwarc", "warcio", "sqlite_utils")
sys.stderr.write("\\n" + repr((code, [name for name in heavy if name in sys.modules])))
"""


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["search", "--help"], set()),
        (["search", "sommet", "--since", "2024-12"], set()),
        (["stats"], set()),
        (["versions", "https://journal.example/fr/article-fr-1.html"], set()),
        (["diff", "https://journal.example/fr/article-fr-1.html"], set()),
        (["related", "https://journal.example/fr/article-fr-1.html"], set()),
        (["show", "https://journal.example/fr/article-fr-1.html"], {"cattrs"}),
        (["cite", "https://journal.example/fr/article-fr-1.html"], {"lxml", "parsel"}),
        (["export", "-o", "-"], {"cattrs"}),
        (["verify"], {"cattrs"}),
        (["sites", "list"], {"lxml", "parsel"}),
    ],
    ids=lambda it: " ".join(it[:2]) if isinstance(it, list) else "",
)
def test_commands_load_only_what_they_need(press, arguments, allowed):
    result = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], cwd=press, capture_output=True, check=False
    )
    code, loaded = eval(result.stderr.splitlines()[-1])
    assert code in (0, None)
    assert set(loaded) <= allowed


def test_help_comes_at_once(tmp_path):
    def seconds(*words):
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], cwd=tmp_path, capture_output=True, check=True)
        return time.perf_counter() - began

    # the best of several, so that a busy machine is not taken for a slow program
    fastest = min(seconds("-m", "hemeroteca", "--help") for _ in range(5))
    assert fastest < 0.3 or fastest < 6 * min(seconds("-c", "import click") for _ in range(5))
