"""Stored objects as a WARC reader would give them, from few words: what the tests of the index are fed with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from archive.model import (
    Article,
    Block,
    Capture,
    Extraction,
    Failure,
    Found,
    Issue,
    Photo,
    Provenance,
    RelatedLink,
    RevisitOf,
    StoredCapture,
    StoredExtraction,
    StoredFailure,
    StoredFile,
    StoredRun,
    WarcLocation,
)
from archive.summary import RunSummary

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
FILE = "warc/2026/03/hemeroteca-1.warc.gz"


def moment(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def record_id(name: str) -> str:
    return f"<urn:uuid:{name}>"


def location(name: str, offset: int = 0, file: str = FILE) -> WarcLocation:
    return WarcLocation(file=file, offset=offset, length=100, record_id=record_id(name))


def capture(
    name: str,
    url: str,
    minutes: float = 0,
    *,
    status: int = 200,
    digest: str | None = None,
    body: bytes = b"<html>",
    revisit_of: StoredCapture | None = None,
    headers: str = "",
    truncated=None,
    offset: int | None = None,
    file: str = FILE,
) -> StoredCapture:
    of = None
    if revisit_of is not None:
        of = RevisitOf(
            record_id=revisit_of.location.record_id,
            url=revisit_of.capture.url,
            fetched_at=revisit_of.capture.fetched_at,
            payload_digest=revisit_of.payload_digest,
        )
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: text/html; charset=utf-8\r\n{headers}\r\n".encode()
    return StoredCapture(
        capture=Capture(
            url=url,
            fetched_at=moment(minutes),
            head=head,
            body=b"" if of else body,
            revisit_of=of,
            truncated=truncated,
            found=Found(by="section", via="https://a.example/", position=2, title="Titre", section="Monde"),
            ip="127.0.0.1",
            duration_ms=12,
        ),
        location=location(name, int(minutes * 1000) if offset is None else offset, file),
        record_type="revisit" if of else "response",
        payload_digest=digest or f"sha1:{name}",
        run_id="run-1",
    )


def article(url: str, title: str = "Titre", *texts: str, **more) -> Article:
    more.setdefault("key", url)
    more.setdefault("site", "gazette")
    more.setdefault("lang", "fr")
    return Article(
        url=url,
        canonical_url=more.pop("canonical_url", url),
        title=title,
        blocks=tuple(Block(kind="paragraph", text=text) for text in texts),
        **more,
    )


def extraction(
    name: str,
    of: StoredCapture,
    found: Article | None,
    *,
    at: float | None = None,
    verdict: str | None = None,
    extractor: str = "hemeroteca/1",
    issues: tuple[Issue, ...] = (),
    offset: int | None = None,
    file: str | None = None,
) -> StoredExtraction:
    return StoredExtraction(
        extraction=Extraction(
            verdict=verdict or ("article" if found else "listing"),  # type: ignore[arg-type]
            article=found,
            issues=issues,
            provenance=Provenance(site="gazette", extractor=extractor, origins={"title": "css:h1"}),
        ),
        capture_record_id=of.location.record_id,
        url=of.capture.url,
        fetched_at=of.capture.fetched_at,
        extracted_at=of.capture.fetched_at if at is None else moment(at),
        location=location(
            name, of.location.offset + 50 if offset is None else offset, file or of.location.file
        ),
    )


def story(name: str, url: str, title: str, *texts: str, minutes: float = 0, **more):
    """A capture and its extraction."""
    shot = capture(f"c-{name}", url, minutes)
    return [shot, extraction(f"e-{name}", shot, article(url, title, *texts, **more))]


def failure(name: str, url: str, minutes: float = 0, code: int = -2) -> StoredFailure:
    gone = Failure(code=code, reason="connection refused")
    return StoredFailure(
        capture=Capture(url=url, fetched_at=moment(minutes), failure=gone),
        location=location(name, int(minutes * 1000) + 7),
        run_id="run-1",
    )


def run(
    run_id: str,
    *,
    status: str = "running",
    minutes: float = 0,
    site: str | None = "gazette",
    end: float | None = None,
):
    return StoredRun(
        run=RunSummary(
            run_id=run_id,
            kind="crawl",
            site=site,
            started_at=moment(minutes),
            finished_at=None if end is None else moment(end),
            status=status,  # type: ignore[arg-type]
            counts={"fetched": 3},
        ),
        location=location(f"{run_id}-{status}", int((end or minutes) * 1000) + 3),
    )


def file(size: int, records: int, name: str = FILE) -> StoredFile:
    return StoredFile(
        file=name, size=size, records=records, warcinfo_id=record_id("info"), run_id="run-1", started_at=START
    )


PHOTO = Photo(url="https://a.example/p.jpg", caption="Le pont de Huế", credit="VNA", alt="pont")
LINK = RelatedLink(url="https://a.example/2?utm_source=x", title="À lire aussi", box="Voir plus", position=1)
