"""Other people's tools judge our WARC files: FastWARC's digests, warcio, cdxj-indexer, and a replay by pywb.

They live in an environment of their own (`make judges`), because pywb wants an old setuptools.
"""

from __future__ import annotations

import gzip
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.model import Capture, Found, RevisitOf
from archive.warc.writer import WarcInfo, WarcWriter

JUDGES = Path(__file__).resolve().parents[2] / ".venv-judges" / "bin"
pytestmark = [
    pytest.mark.judges,
    pytest.mark.skipif(not (JUDGES / "wayback").exists(), reason="the judges are not installed: make judges"),
]

MOMENT = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
PAGE = (
    "<!doctype html><meta charset=utf-8><title>Hà Nội</title><h1>L’ONU à Hanoï — 联合国 الأمم</h1>".encode()
    * 20
)


def exchange(url: str, head: str, body: bytes, minutes: int = 0, **more: object) -> Capture:
    request = f"GET {url.removeprefix('http://news.test')} HTTP/1.1\r\nHost: news.test\r\n\r\n".encode()
    return Capture(
        url=url,
        fetched_at=MOMENT + timedelta(minutes=minutes),
        request=request,
        head=head.replace("\n", "\r\n").encode("latin-1") + b"\r\n",
        body=body,
        ip="127.0.0.1",
        protocol=("http/1.1",),
        found=Found(by="section", via="http://news.test/", hop="L"),
        **more,  # type: ignore[arg-type]
    )


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    return (
        b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]))
        + b"0\r\n\r\n"
    )


@pytest.fixture(scope="module")
def warc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    info = WarcInfo(
        software="hemeroteca/test",
        operator="Hémérothèque d’essai",
        contact="mailto:a@b.test",
        user_agent="hemeroteca",
        robots="obey",
        hostname="localhost",
        run_id="run-1",
        site="news",
    )
    writer = WarcWriter(folder, info, prefix="test", roll_over_bytes=10**9, fsync_seconds=0)
    plain = writer.write_capture(
        exchange(
            "http://news.test/plain",
            f"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: {len(PAGE)}\n",
            PAGE,
        )
    )
    packed = gzip.compress(PAGE)
    writer.write_capture(
        exchange(
            "http://news.test/packed",
            "HTTP/1.1 200 Tr\xe8s Bien\ncOnTent-TYPE: text/html\nContent-Encoding: gzip\nTransfer-Encoding: chunked\nX-City: caf\xe9\n",
            chunked(packed),
        )
    )
    of = RevisitOf(
        record_id=plain.location.record_id,
        url="http://news.test/plain",
        fetched_at=MOMENT,
        payload_digest=plain.payload_digest,
    )
    writer.write_capture(
        exchange(
            "http://news.test/plain",
            f"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: {len(PAGE)}\n",
            PAGE,
            minutes=60,
            revisit_of=of,
        )
    )
    writer.write_capture(
        exchange(
            "http://news.test/plain",
            'HTTP/1.1 304 Not Modified\nETag: "a"\n',
            b"",
            minutes=120,
            revisit_of=of,
        )
    )
    files = writer.close()
    return folder / files[0].file


def judge(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(a) for a in arguments], capture_output=True, text=True, check=False, timeout=120
    )


def test_fastwarc_finds_every_block_digest_right(warc):
    result = judge(JUDGES / "fastwarc", "check", "-q", warc)
    assert result.returncode == 0, result.stdout + result.stderr


def test_warcio_reads_every_record_and_faults_only_the_chunked_payload(warc):
    result = judge(JUDGES / "warcio", "check", "-v", warc)
    lines = (result.stdout + result.stderr).splitlines()
    faults = [line for line in lines if "digest failed" in line]
    # warcio compares the digest with the chunked bytes (its issue 74); the standard means the bytes without chunking.
    assert all("payload digest failed" in line for line in faults)
    assert len(faults) <= 1


def test_cdxj_indexer_lists_every_capture(warc):
    result = judge(JUDGES / "cdxj-indexer", warc)
    assert result.returncode == 0, result.stderr
    lines = [line for line in result.stdout.splitlines() if line.startswith("test,news)")]
    assert len(lines) == 4


@contextmanager
def wayback(folder: Path, warc: Path):
    def manager(*arguments: object) -> None:
        subprocess.run(
            [JUDGES / "wb-manager", *map(str, arguments)], cwd=folder, check=True, capture_output=True
        )

    manager("init", "news")
    manager("add", "news", warc)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "wayback.log").open("wb")
    process = subprocess.Popen(
        [JUDGES / "wayback", "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/news"
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def test_pywb_replays_captures_and_both_kinds_of_revisit(warc, tmp_path):
    with wayback(tmp_path, warc) as base:
        for moment, url in [
            ("20261123080000", "http://news.test/plain"),
            ("20261123080000", "http://news.test/packed"),
            ("20261123090000", "http://news.test/plain"),
            ("20261123100000", "http://news.test/plain"),
        ]:
            try:
                with urllib.request.urlopen(f"{base}/{moment}id_/{url}", timeout=30) as answer:
                    body = answer.read()
                    assert answer.status == 200
            except urllib.error.HTTPError as error:
                pytest.fail(f"{moment} {url}: {error}")
            if body[:2] == b"\x1f\x8b":
                body = gzip.decompress(body)
            assert body == PAGE, (moment, url)
