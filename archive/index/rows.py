"""What stands in a WARC → rows of the index. Pure functions; each row is a mapping of base columns."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import attrs
from attrs import frozen

from archive.http import parse_head
from archive.index import keys, sources
from archive.model import (
    DOM_TYPE,
    Article,
    Found,
    StoredCapture,
    StoredExtraction,
    StoredFailure,
    StoredFile,
    StoredRun,
    WarcLocation,
)
from archive.summary import SkippedSlots
from archive.urls import host_of

Row = dict[str, Any]
_PARTIAL_DATE = re.compile(r"\d{4}(-\d\d)?")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _place(location: WarcLocation) -> Row:
    return {
        "record_id": location.record_id,
        "file": location.file,
        "offset": location.offset,
        "length": location.length,
    }


def _found(found: Found) -> Row:
    return {
        "found_by": found.by,
        "via": found.via,
        "hop": found.hop,
        "section": found.section,
        "position": found.position,
        "feed_title": found.title,
        "feed_date": found.date,
    }


def capture_row(stored: StoredCapture) -> Row:
    """Return the row of `captures`."""
    capture, of = stored.capture, stored.capture.revisit_of
    head = parse_head(capture.head)
    refers_to = of.record_id if of else stored.converted_from
    return {
        "id": keys.record_id_number(stored.location.record_id),
        "record_type": stored.record_type,
        "url": capture.url,
        "url_key": keys.url_key(capture.url),
        "host": host_of(capture.url),
        "fetched_at": keys.utc(capture.fetched_at),
        "status": head.status,
        "content_type": DOM_TYPE if stored.record_type == "conversion" else head.get("Content-Type"),
        "payload_digest": stored.payload_digest,
        # a revisit's record has no body, whatever the live capture still holds
        "body_bytes": len(capture.body) if stored.record_type != "revisit" else None,
        "truncated": capture.truncated,
        "refers_to": refers_to,
        "refers_to_id": keys.record_id_number(refers_to) if refers_to is not None else None,
        "refers_to_url": of.url if of else None,
        "refers_to_at": keys.utc(of.fetched_at) if of else None,
        "ip": capture.ip,
        "duration_ms": capture.duration_ms,
        "etag": head.get("ETag"),
        "last_modified": head.get("Last-Modified"),
        "run_id": stored.run_id,
        "for_browser": int(capture.for_browser),
        **_found(capture.found),
        **_place(stored.location),
    }


def failure_row(stored: StoredFailure) -> Row:
    """Return the row of `failures`."""
    capture, failure = stored.capture, stored.capture.failure
    return {
        "id": keys.record_id_number(stored.location.record_id),
        "url": capture.url,
        "url_key": keys.url_key(capture.url),
        "host": host_of(capture.url),
        "fetched_at": keys.utc(capture.fetched_at),
        "code": failure.code if failure else -404,
        "reason": failure.reason if failure else "no answer",
        "run_id": stored.run_id,
        "found_by": capture.found.by,
        "via": capture.found.via,
        "duration_ms": capture.duration_ms,
        **_place(stored.location),
    }


def run_row(stored: StoredRun) -> Row:
    """Return the row of `runs`."""
    run = stored.run
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "site": run.site,
        "started_at": keys.utc(run.started_at),
        "finished_at": keys.utc(run.finished_at) if run.finished_at else None,
        "status": run.status,
        "counts": json.dumps(run.counts, ensure_ascii=False, sort_keys=True),
        "detail": run.detail,
        "slot": keys.utc(run.slot) if run.slot else None,
        "skipped": _json([_skipped(gap) for gap in run.skipped]),
        "observed": _json(run.observed),
        "alarms": _json([attrs.asdict(alarm) for alarm in run.alarms]),
        "sources": sources.dump(run.sources),
        **_place(stored.location),
    }


def _skipped(gap: SkippedSlots) -> dict[str, Any]:
    return {**attrs.asdict(gap), "first": keys.utc(gap.first), "last": keys.utc(gap.last)}


def file_row(stored: StoredFile) -> Row:
    """Return the row of `warc_files`."""
    return {
        "file": stored.file,
        "size": stored.size,
        "records": stored.records,
        "warcinfo_id": stored.warcinfo_id,
        "run_id": stored.run_id,
        "started_at": keys.utc(stored.started_at) if stored.started_at else None,
    }


@frozen
class ExtractionRows:
    """One extraction, taken apart: its own row, its children, and its version's with theirs."""

    extraction: Row
    issues: list[Row]
    related: list[Row]
    version: Row | None
    photos: list[Row]
    authors: list[Row]
    tags: list[Row]


def extraction_rows(stored: StoredExtraction) -> ExtractionRows:
    """Take an extraction apart. Only the verdict "article" makes an article of it."""
    extraction, provenance = stored.extraction, stored.extraction.provenance
    number = keys.record_id_number(stored.location.record_id)
    article = extraction.article if extraction.verdict == "article" else None
    version = _version_row(article, stored, number) if article else None
    row = {
        "id": number,
        "capture_id": keys.record_id_number(stored.capture_record_id),
        "capture_record_id": stored.capture_record_id,
        "url": stored.url,
        "captured_at": keys.utc(stored.fetched_at),
        "extracted_at": keys.utc(stored.extracted_at),
        "verdict": extraction.verdict,
        "site": article.site if article else provenance.site,
        "extractor": provenance.extractor,
        "layout": provenance.layout,
        "layout_digest": provenance.layout_digest,
        "result_digest": keys.result_digest(extraction),
        "origins": json.dumps(provenance.origins, ensure_ascii=False, sort_keys=True),
        "article_id": version["article_id"] if version else None,
        "version_id": version["id"] if version else None,
        **_place(stored.location),
    }
    issues = [
        {
            "extraction_id": number,
            "position": position,
            "code": issue.code,
            "field": issue.field,
            "detail": issue.detail,
            "severity": issue.severity,
        }
        for position, issue in enumerate(extraction.issues, 1)
    ]
    related = _related_rows(article, number) if article else []
    if article is None or version is None:
        return ExtractionRows(row, issues, related, None, [], [], [])
    mine = version["id"]
    return ExtractionRows(
        extraction=row,
        issues=issues,
        related=related,
        version=version,
        photos=[
            {
                "version_id": mine,
                "position": position,
                "url": photo.url,
                "caption": photo.caption,
                "credit": photo.credit,
                "alt": photo.alt,
            }
            for position, photo in enumerate(article.photos, 1)
        ],
        authors=[{"version_id": mine, "position": at, "name": n} for at, n in enumerate(article.authors, 1)],
        tags=[{"version_id": mine, "position": at, "tag": tag} for at, tag in enumerate(article.tags, 1)],
    )  # fmt: skip


def _related_rows(article: Article, extraction_id: int) -> list[Row]:
    return [
        {
            "extraction_id": extraction_id,
            "position": position,
            "url": link.url,
            "url_key": keys.url_key(link.url),
            "title": link.title,
            "teaser": link.teaser,
            "photo_caption": link.photo_caption,
            "photo_credit": link.photo_credit,
            "box": link.box,
            "place": link.position,
        }
        for position, link in enumerate(article.related, 1)
    ]


def _version_row(article: Article, stored: StoredExtraction, extraction_id: int) -> Row:
    digest = keys.content_digest(article, stored.fetched_at)
    published_at, published_day = instant_and_day(article.published)
    dateline = article.dateline
    captions = [photo.caption for photo in article.photos if photo.caption]
    order = (keys.utc(stored.fetched_at), keys.utc(stored.extracted_at), stored.location.record_id)
    return {
        "id": keys.version_id(article.site, article.key, digest),
        "article_id": keys.article_id(article.site, article.key),
        "content_digest": digest,
        "source_id": extraction_id,
        "source_order": " ".join(order),
        "site": article.site,
        "key": article.key,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "lang": article.lang,
        "title": article.title,
        "kicker": article.kicker,
        "lead": article.lead,
        "published": article.published,
        "published_raw": article.published_raw,
        "published_at": published_at,
        "published_day": published_day,
        "modified": article.modified,
        "authors": _json(article.authors),
        "agency": article.agency,
        "section": article.section,
        "tags": _json(article.tags),
        "dateline": dateline.raw if dateline else None,
        "dateline_place": dateline.place if dateline else None,
        "dateline_agency": dateline.agency if dateline else None,
        "sign_off": article.sign_off,
        "blocks": _json([[block.kind, len(block.text)] for block in article.blocks]),
        "captions": "\n\n".join(captions) or None,
        "body": article.body,
    }


def instant_and_day(stated: str | None) -> tuple[str | None, str | None]:
    """Return a stated date as (text that sorts in time, day): in UTC where a zone is stated.

    The day is the newspaper's own, whatever day it was in UTC. (None, None) for what is no ISO 8601.
    """
    if not stated:
        return None, None
    try:
        moment = datetime.fromisoformat(stated)
        if len(stated) <= len("2026-11-23"):
            day = moment.date().isoformat()
            return day, day
        return keys.utc(moment) if moment.tzinfo else moment.isoformat(), moment.date().isoformat()
    except (ValueError, OverflowError):  # a zone can push the first or last year out of the calendar
        partial = _PARTIAL_DATE.match(stated)
        return (partial[0], partial[0]) if partial else (None, None)
