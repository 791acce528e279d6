"""Pages that mean the browser, or the machine it runs on, harm: each is bounded, and the crawl goes on."""

import json
import signal
import socket
import threading
import time

import pytest

from archive.model import StoredCapture, StoredExtraction, StoredFailure
from tests.e2e.browser import SETTINGS, needs_browser, with_profile
from tests.e2e.crawling import archived, crawl, faults, live_and_rebuilt, start
from tests.e2e.pages import hemeroteca, serve

pytestmark = [*needs_browser, pytest.mark.xdist_group("browser")]
TEXT = "".join(f"<p>Le port de pêche rouvre lundi, a dit le maire ; phrase numéro {n}.</p>" for n in range(6))
PAGE = "<!doctype html><html lang=fr><head><title>Port</title></head><body><article><h1>Le port rouvre</h1>{}</article><script>{}</script></body></html>"
SCRIPTS = {
    "loop": "while (true) {}",
    "fetches": "let n = 0; const go = () => fetch('/data/' + n++).then(go, go); go();",
    "private": "fetch('http://169.254.169.254/latest/').catch(() => {}); fetch('http://127.0.0.2:PORT/secret').catch(() => {});",
    "sockets": "new WebSocket('ws://127.0.0.1:PORT/'); new EventSource('http://127.0.0.1:PORT/e');"
    "const c = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}, {urls: 'turn:127.0.0.1:PORT?transport=tcp', username: 'u', credential: 'c'}]});"
    "c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o));"
    "new Worker(URL.createObjectURL(new Blob([\"fetch('http://127.0.0.1:PORT/w')\"])));"
    "window.open('http://127.0.0.1:PORT/pop');",
    "dialogs": "alert('a'); confirm('b'); prompt('c'); print(); window.onbeforeunload = () => 'stay';",
    "away": "location.href = 'http://127.0.0.1:PORT/elsewhere';",
    "download": "const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob(['x'.repeat(1e6)])); a.download = 'x.exe'; document.body.append(a); a.click();",
    "huge": "const t = 'lorem ipsum '.repeat(1e5); for (let i = 0; i < 6; i++) { const p = document.createElement('div'); p.textContent = t; document.body.append(p); }",
    "liar": "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => '<p>lies</p>'}); document.querySelector = () => null; JSON.stringify = () => { throw 1 };",
}


@pytest.fixture(scope="module")
def bait():
    """A port of this machine that nobody may speak to, by TCP or UDP; what did is in the list."""
    seen = []
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", tcp.getsockname()[1]))

    def wait(take):
        try:
            while True:
                seen.append(take())
        except OSError:
            pass

    threads = [
        threading.Thread(target=wait, args=(take,), daemon=True)
        for take in (lambda: tcp.accept()[1], lambda: udp.recvfrom(100))
    ]
    for thread in threads:
        thread.start()
    yield tcp.getsockname()[1], seen
    for one in (tcp, udp):
        one.close()


@pytest.fixture(scope="module")
def captured(tmp_path_factory, bait):
    folder = tmp_path_factory.mktemp("hostile-browser") / "c"
    port, _ = bait
    with serve() as pages:
        pages.put("/robots.txt", "User-agent: *\nDisallow: /forbidden\n", "text/plain")
        for n in range(40):
            pages.put(f"/data/{n}", "{}", "application/json")
        urls = [
            pages.put(f"/{name}.html", PAGE.format(TEXT, script.replace("PORT", str(port))))
            for name, script in SCRIPTS.items()
        ]
        urls.append(pages.put("/robots.html", PAGE.format(TEXT, "fetch('/forbidden/x')")))
        host = pages.base_url.removeprefix("http://")
        profile = (
            f'name = "Hostile"\ndomains = ["{host}"]\n[politeness]\nprivate_hosts = ["{host}"]\ndelay = 0\n'
            '[render]\narticles = true\ntimeout = 3\nrequests = 10\nhosts = ["169.254.169.254"]\n'
        )
        with_profile(folder, profile, "hostile")
        crawl(
            folder, *urls, mode="capture", allow_private=False,
            settings={**SETTINGS, "max_payload_bytes": 4 << 20},
        )  # fmt: skip
        yield (
            folder,
            pages,
            {
                one.capture.url.removeprefix(pages.base_url): one
                for one in archived(folder)
                if isinstance(one, StoredCapture) and one.record_type == "conversion"
            },
        )


def test_every_page_is_rendered_in_its_bounds(captured):
    folder, _, renderings = captured
    assert set(renderings) == {f"/{name}.html" for name in (*SCRIPTS, "robots")}
    for one in renderings.values():
        assert one.capture.duration_ms < 30_000
        assert "phrase numéro 5".encode() in one.capture.body
    assert renderings["/loop.html"].capture.truncated == "time"
    assert renderings["/huge.html"].capture.truncated == "length"
    assert renderings["/liar.html"].capture.truncated is None
    assert faults(folder) == []
    live, again = live_and_rebuilt(folder)
    assert {name for name, rows in live.items() if rows != again[name]} == set()


def test_what_is_cut_says_so_in_its_reading(captured):
    issues = {
        one.url.rpartition("/")[2]: [issue.code for issue in one.extraction.issues]
        for one in archived(captured[0])
        if isinstance(one, StoredExtraction)
    }
    assert "truncated" in issues["loop.html"]
    assert "truncated" in issues["huge.html"]
    assert "truncated" not in issues["dialogs.html"]


def test_endless_requests_end(captured):
    _, pages, renderings = captured
    asked = sum(path.startswith("/data/") for path in pages.asked)
    cut = renderings["/fetches.html"].capture.truncated
    assert asked == 10 or (cut == "time" and 0 < asked < 10)  # a busy machine's three seconds are over sooner


def test_no_way_leads_past_the_archive(captured, bait):
    folder, pages, _ = captured
    assert bait[1] == []
    refused = {
        one.capture.url: one.capture.failure.code
        for one in archived(folder)
        if isinstance(one, StoredFailure)
    }
    refused.pop("http://169.254.169.254/robots.txt")
    # A host that the profile lets pages ask is still not asked at a private address, nor against robots.txt.
    assert refused == {"http://169.254.169.254/latest/": -5000, pages.url("/forbidden/x"): -9998}
    assert pages.asked["/forbidden/x"] == 0


def test_a_machine_without_a_browser_says_what_to_install(captured, tmp_path):
    folder, pages, _ = captured
    for environment, words in (
        ({"HEMEROTECA_BROWSER": str(tmp_path / "none")}, "no such program"),
        ({"PATH": str(tmp_path)}, "apt-get install chromium"),
    ):
        done = hemeroteca("capture", pages.url("/dialogs.html"), at=folder, environment=environment)
        assert done.returncode == 1
        assert words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_browser_that_does_not_start_ends_the_crawl_and_loses_nothing(captured):
    folder, pages, _ = captured
    asked = pages.asked["/away.html"]
    done = hemeroteca(
        "capture", pages.url("/away.html"), at=folder, environment={"HEMEROTECA_BROWSER": "/bin/false"}
    )
    assert done.returncode == 1
    assert "/bin/false could not be started" in done.stderr or "as root" in done.stderr
    assert pages.asked["/away.html"] == asked
    (one,) = crawl(folder, pages.url("/away.html"), mode="capture", allow_private=False, settings=SETTINGS)
    assert one["counts"]["rendered"] == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_a_crawl_that_ends_while_a_page_is_rendered_goes_on_later(tmp_path, number):
    """It ends at once, no browser stays behind, and the page is fetched and rendered again."""
    with serve() as pages:
        url, host = pages.put("/a.html", PAGE.format(TEXT, "")), pages.base_url.removeprefix("http://")
        profile = (
            f'name = "Slow"\ndomains = ["{host}"]\n[politeness]\nprivate_hosts = ["{host}"]\ndelay = 0\n'
            "[render]\narticles = true\ntimeout = 600\nwait_for = "
        )
        folder = with_profile(tmp_path / "c", profile + '"#never"\n', "slow")
        options = {"mode": "capture", "allow_private": False, "settings": SETTINGS}
        running = start(folder, url, **options)
        while not [
            one for one in archived(folder) if isinstance(one, StoredCapture) and one.capture.for_browser
        ]:
            assert running.is_alive()
            time.sleep(0.05)
        running.signal(number)
        assert running.end(timeout=20)[0] == (0 if number == signal.SIGINT else -number)
        (folder / "sites" / "slow.toml").write_text(profile + '"h1"\n', encoding="utf-8")
        (summary,) = crawl(folder, url, **options)
        assert (summary["counts"]["rendered"], summary["counts"]["new_articles"]) == (1, 1)
    shells = [one for one in archived(folder) if isinstance(one, StoredExtraction)]
    assert len(shells) == 1
    live, again = live_and_rebuilt(folder)
    assert {name for name, rows in live.items() if rows != again[name]} == set()


def test_sites_that_need_no_browser_are_crawled_where_there_is_none(tmp_path):
    with serve() as pages:
        host = pages.base_url.removeprefix("http://")
        profile = f'name = "Blind"\ndomains = ["{host}"]\n[politeness]\nprivate_hosts = ["{host}"]\n[render]\narticles = true\n'
        folder = with_profile(tmp_path / "c", profile, "blind")
        other = pages.put("/b.html", PAGE.format(TEXT, "")).replace("127.0.0.1", "localhost")
        done = hemeroteca(
            "capture", pages.url("/a.html"), other, "--allow-private", "--json", at=folder,
            environment={"HEMEROTECA_BROWSER": str(tmp_path / "none")},
        )  # fmt: skip
    assert done.returncode == 3
    states = {one["site"]: (one["status"], one["detail"]) for one in json.loads(done.stdout)}
    assert states["localhost"][0] == "done"
    assert states["blind"][0] == "failed"
    assert "no such program" in states["blind"][1]
    assert pages.asked["/a.html"] == 0
