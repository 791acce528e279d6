"""Captures of every kind, as values."""

import gzip
import random
from datetime import UTC, datetime, timedelta

import attrs

from archive.model import (
    Article,
    Block,
    Capture,
    Dateline,
    Extraction,
    Failure,
    Found,
    Issue,
    Photo,
    Provenance,
    RelatedLink,
    RevisitOf,
)
from archive.warc.writer import WarcInfo, WarcWriter

WHEN = datetime(2026, 11, 23, 8, 15, 0, 42, tzinfo=UTC)
INFO = WarcInfo(
    software="hemeroteca/0.1.0",
    operator="Bibliothèque de Hà Nội",
    contact="webmaster@example.org",
    user_agent="hemeroteca/0.1.0 (+webmaster@example.org)",
    hostname="archive.example.org",
    run_id="20261123-081500-vnp",
    site="vietnamplus-fr",
)
HTML = "<html><title>Hà Nội – l’été 新闻 أخبار ข่าว</title></html>".encode()
REQUEST = b"GET /politique-post1.vnp HTTP/1.1\r\nHost: fr.vietnamplus.vn\r\nAccept-Encoding: gzip\r\n\r\n"


def ok(*lines: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", *lines, b"", b""))


def page(number: int = 1, **changes) -> Capture:
    """One good capture with everything on it."""
    base = Capture(
        url=f"https://fr.vietnamplus.vn/politique-post{number}.vnp",
        fetched_at=WHEN + timedelta(seconds=number, microseconds=number),
        request=REQUEST,
        head=ok(b"Content-Type: text/html; charset=utf-8", b"sErVeR:  odd "),
        body=HTML + str(number).encode(),
        ip="2001:db8::1",
        protocol=("http/1.1", "tls/1.3"),
        cipher="TLS_AES_256_GCM_SHA384",
        interim=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n",
        duration_ms=187,
        found=Found(
            by="section",
            via="https://fr.vietnamplus.vn/politique/?a=1%20b",
            hop="L",
            section="Politique — chính trị",
            position=number,
            title=" 100 % vrai\r\nTiêu đề 标题 عنوان หัวข้อ ",
            date="2026-11-23T15:00:00+07:00",
        ),
    )
    return attrs.evolve(base, **changes)


def chunked(data: bytes, step: int = 1000) -> bytes:
    parts = [data[at : at + step] for at in range(0, len(data), step)]
    return b"".join(b"%x;x=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nT: 1\r\n\r\n"


NOISE = random.Random(5).randbytes(70_000)
RANDOM_PAGE = gzip.compress(NOISE)
ORIGINAL = RevisitOf(
    record_id="<urn:uuid:11111111-2222-4333-8444-555555555555>",
    url="https://fr.vietnamplus.vn/politique-post1.vnp",
    fetched_at=WHEN - timedelta(days=1),
    payload_digest="sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
)

CAPTURES: dict[str, Capture] = {
    "plain": page(),
    "bare": Capture(url="http://x.th/ข่าว", fetched_at=WHEN, head=ok(), body=b""),
    "chunked gzip": page(
        head=ok(b"Content-Encoding: gzip", b"Transfer-Encoding: chunked"), body=chunked(RANDOM_PAGE)
    ),
    "large": page(head=ok(b"Content-Encoding: gzip"), body=RANDOM_PAGE * 3),
    "latin-1 head": page(head="HTTP/1.1 200 Très Bien\r\nX: caf\xe9\r\nno colon\r\n\r\n".encode("latin-1")),
    "LF only": page(head=b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n", body=b"a\n\nb"),
    "no end of head": page(head=b"HTTP/1.1 200 OK\r\nA: b", body=b""),
    "ICY": page(head=b"ICY 200 OK\r\n\r\n", body=b"\xff\xfb" * 50),
    "no head": page(
        head=b"", body=b"garbage\r\n\r\nwith blank line", failure=Failure(code=-404, reason="no head")
    ),
    "truncated": page(
        body=HTML[:20],
        truncated="disconnect",
        failure=Failure(code=-3, reason="mất kết nối: 100 %\nline two"),
    ),
    "robots 404": page(url="https://x.cn/robots.txt", head=b"HTTP/1.1 404 Not Found\r\n\r\n", body=b""),
    "not modified": page(
        head=b'HTTP/1.1 304 Not Modified\r\nETag: "\xe9"\r\n\r\n', body=b"", revisit_of=ORIGINAL
    ),
    "304 without original": page(head=b"HTTP/1.1 304 Not Modified\r\n\r\n", body=b""),
    "revisit": page(revisit_of=ORIGINAL, body=b""),
    "revisit with LF inside": page(head=b"HTTP/1.1 200 OK\nA: b", revisit_of=ORIGINAL, body=b""),
    "failed": page(head=b"", body=b"", failure=Failure(code=-2, reason="connection refused"), ip=None),
    "failed before the request": page(
        request=b"", head=b"", body=b"", failure=Failure(code=-9998, reason="robots.txt"), truncated="time"
    ),
}

EXTRACTION = Extraction(
    verdict="article",
    article=Article(
        url="https://fr.vietnamplus.vn/politique-post1.vnp",
        canonical_url="https://fr.vietnamplus.vn/politique-post1.vnp",
        site="vietnamplus-fr",
        key="1",
        lang="fr",
        title="L’été à Hà Nội",
        lead="新闻 أخبار ข่าว",
        blocks=(Block(kind="paragraph", text="Hanoï (VNA) – Un."), Block(kind="quote", text="« Deux »")),
        photos=(Photo(url=None, caption="Chú thích", credit="VNA"),),
        related=(RelatedLink(url="https://x/2", title="Deux", position=1),),
        published="2026-11-23",
        authors=("Nguyễn Văn A",),
        dateline=Dateline(raw="Hanoï (VNA) –", place="Hanoï", agency="VNA"),
    ),
    issues=(Issue(code="truncated"), Issue(code="field_missing", field="lead", detail="x", severity="info")),
    provenance=Provenance(
        site="vietnamplus-fr", layout="zce-2024", extractor="hemeroteca/1", origins={"b": "1", "a": "2"}
    ),
)


def writer(folder, **changes) -> WarcWriter:
    settings = {"prefix": "test", "roll_over_bytes": 10**9, "fsync_seconds": 3600.0} | changes
    return WarcWriter(folder, settings.pop("info", INFO), **settings)


def same(one, other) -> bool:
    """Compare values whose classes compare by identity on purpose."""
    return type(one) is type(other) and attrs.asdict(one) == attrs.asdict(other)
