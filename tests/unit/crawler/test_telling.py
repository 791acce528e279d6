"""What leaves a crawl for people and machines: webhook, mail, metrics, logs, the line of progress."""

from __future__ import annotations

import json
import logging
import socket
import threading
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from prometheus_client.parser import text_string_to_metric_families

from archive.index.results import RunRow
from archive.settings import load_settings
from archive.summary import Alarm, RunSummary
from crawler import gauges
from crawler.alarming import tell
from crawler.ledger import Ledger
from crawler.logs import JsonLines
from hemeroteca.live import Board

FEED = "http://127.0.0.1/rss\r\nBcc: x@y"


def run(status="partly", *alarms: Alarm, detail: str | None = None) -> RunSummary:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return RunSummary(
        run_id="r2",
        kind="crawl",
        site="báo-mới",
        started_at=now,
        finished_at=now,
        status=status,
        alarms=alarms,
        detail=detail,
    )


def before(status="done", *alarms: Alarm) -> RunRow:
    told = json.dumps([{"code": it.code, "subject": it.subject, "detail": it.detail} for it in alarms])
    return RunRow(
        "r1",
        "crawl",
        "báo-mới",
        "2026-11-23",
        "2026-11-23",
        status,
        "{}",
        None,
        None,
        "[]",
        "{}",
        told,
        None,
        "<urn:x>",
        "w",
    )


@contextmanager
def webhook(status=200):
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook?key=a%20b", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mail_server():
    """The smallest server that takes a mail (RFC 5321)."""
    got = []
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            stream.write(b"220 hello\r\n")
            stream.flush()
            data = None
            for raw in stream:
                line = raw.rstrip(b"\r\n")
                if data is not None and line != b".":
                    data.append(line)
                    continue
                reply = b"250 ok"
                if data is not None:
                    got.append(b"\n".join(data).decode())
                    data = None
                elif line.upper() == b"DATA":
                    reply, data = b"354 go on", []
                elif line.upper() == b"QUIT":
                    reply = b"221 bye"
                stream.write(reply + b"\r\n")
                stream.flush()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}", got
    finally:
        thread.join(timeout=10)
        listener.close()


DEAD = Alarm(code="list_dead", subject=FEED, detail="names no article, before 30")
WALL = Alarm(code="consent_wall", detail="6 of 6 addresses show one and the same text")


def test_a_webhook_is_told_what_is_new_and_what_is_over(tmp_path):
    with webhook() as (address, got):
        settings = load_settings(tmp_path, {}, alarm_webhook=address)
        tell(settings, run("partly", DEAD, WALL), before("partly", DEAD))
        tell(settings, run("partly", DEAD, WALL), before("partly", DEAD, WALL))
        tell(settings, run("done"), before("partly", WALL))
        tell(settings, run("done"), before("done"))
        tell(settings, run("failed", detail="nothing could be fetched"), before("done"))
        tell(settings, run("failed", detail="nothing could be fetched"), before("failed"))
        tell(settings, run("done"), before("failed"))
    assert [[alarm["code"] for alarm in one["alarms"]] for one in got] == [["consent_wall"], [], [], []]
    assert [one["over"] for one in got] == [[], ["consent_wall"], [], ["failed"]]
    assert got[0]["text"].splitlines()[1] == "consent_wall: 6 of 6 addresses show one and the same text"
    assert got[0]["site"] == "báo-mới"
    assert "nothing could be fetched" in got[2]["text"]


@pytest.mark.parametrize("status", [302, 500])
def test_a_webhook_that_does_not_take_it_is_logged(tmp_path, status, caplog):
    with webhook(status) as (address, got):
        tell(load_settings(tmp_path, {}, alarm_webhook=address), run("partly", WALL), None)
    assert len(got) == 1  # a redirect is not followed
    assert "could not be sent by webhook" in caplog.text
    tell(load_settings(tmp_path, {}, alarm_webhook=address), run("partly", WALL), None)
    assert "refused" in caplog.text.lower()


def test_mail_is_sent_and_its_head_cannot_be_written_by_a_page(tmp_path):
    with mail_server() as (server, got):
        settings = load_settings(tmp_path, {}, alarm_mail="a@example.org, b@example.org", mail_server=server)
        tell(settings, run("partly", DEAD), None)
    (message,) = got
    head, _, _ = message.partition("\n\n")
    assert "To: a@example.org, b@example.org" in head
    assert "Subject: [hemeroteca]" in head
    assert "\nBcc:" not in message


def test_metrics_are_what_prometheus_reads(tmp_path):
    settings = load_settings(tmp_path, {}, metrics_file="metrics/SITE.prom")
    crawls = gauges.LiveCrawls()
    crawls.counts['báo"mới\n'] = {"fetched": 12, "new_articles": 3, "queued": 40}
    path = gauges.file_for(settings, crawls.counts)
    assert path.parent == tmp_path / "metrics"
    with Ledger(settings.schedule_path) as ledger:
        ledger.skip("báo", "", [datetime(2026, 11, 24, tzinfo=UTC)], "paused")
    gauges.write(path, [crawls, gauges.CollectionState(settings)])
    found = {
        (sample.name, sample.labels.get("site")): sample.value
        for family in text_string_to_metric_families(path.read_text(encoding="utf-8"))
        for sample in family.samples
    }
    assert found["hemeroteca_crawl_fetched_total", 'báo"mới\n'] == 12
    assert found["hemeroteca_crawl_queued", 'báo"mới\n'] == 40
    assert found["hemeroteca_slots", "báo"] == 1


def test_metrics_are_served_on_loopback_only():
    crawls = gauges.LiveCrawls()
    crawls.counts["人民报"] = {"failures": 2}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server, thread = gauges.serve(port, [crawls])
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        assert server.server_address[0] == "127.0.0.1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert 'hemeroteca_crawl_failures_total{site="人民报"} 2.0' in text


def test_a_record_of_the_log_is_one_line_of_json():
    logger = logging.getLogger("crawler.test")
    record = logger.makeRecord(
        "crawler.test", logging.WARNING, __file__, 1, "báo\n%s\x1b", ("\ud800",), None, extra={"site": "báo"}
    )
    line = JsonLines().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["level"], entry["site"], entry["message"]) == ("warning", "báo", "báo\n\ud800\x1b")
    assert datetime.fromisoformat(entry["time"]).tzinfo is not None
    try:
        raise ValueError("não")
    except ValueError:
        import sys

        failed = logger.makeRecord("crawler.test", logging.ERROR, __file__, 1, "x", (), sys.exc_info())
    assert "ValueError: não" in json.loads(JsonLines().format(failed))["traceback"]


def test_the_line_of_progress():
    now = [100.0]
    board = Board(lambda: now[0])
    board.put("báo", {"fetched": 0})
    now[0] += 10
    board.put("báo", {"fetched": 50, "new_articles": 1200, "failures": 2, "queued": 31})
    assert board.line() == "báo, 5.0/s, 1,200 new, 2 errors, 31 queued"
    board.put("人民报", {"fetched": 10, "new_versions": 4})
    assert board.line() == "2 sites, 6.0/s, 1,200 new, 4 changed, 2 errors, 31 queued"
    now[0] += 100
    board.put("báo", {"fetched": 150, "queued": 0})
    assert board.rate == pytest.approx(1.0)
