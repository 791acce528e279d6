"""Tells people of a run's alarms: a webhook, mail. Only what has changed since the run before is told.

The addresses come from the collection's settings and from nowhere else. What is sent holds texts from pages
(list addresses, layout names), as JSON strings and as plain text. Whoever does not answer within `TIMEOUT`
seconds is not told; the run's record says all of it in any case.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterable, Sequence
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import unquote, urlsplit

import orjson

from archive.errors import HemerotecaError
from archive.index.results import RunRow
from archive.index.search import Search
from archive.settings import Settings
from archive.summary import Alarm, RunSummary
from crawler.discovery.sources import at_rest

logger = logging.getLogger(__name__)

TIMEOUT = 10.0
_LONGEST_LINE = 300


def news_of(summary: RunSummary, earlier: RunRow | None) -> tuple[list[Alarm], list[str]]:
    """Return the alarms that the run before did not have, and those of it that are over, in words.

    A dead list that rests is not asked, and so has no alarm: it is as dead as before.
    """
    rested = {state.url for state in at_rest(earlier.sources)} if earlier is not None else set()
    rests = {state.url for state in at_rest(summary.sources)}
    before = {(it["code"], it["subject"]) for it in earlier.alarms} if earlier is not None else set()
    now = {(alarm.code, alarm.subject) for alarm in summary.alarms}
    fresh = [it for it in summary.alarms if (it.code, it.subject) not in before and it.subject not in rested]
    gone = {one for one in before - now if one[1] not in rests}
    gone |= {("list_dead", url) for url in rested - rests - {subject for _, subject in before | now}}
    return fresh, [" ".join(part for part in one if part) for one in sorted(gone)]


def tell_all(settings: Settings, summaries: Iterable[RunSummary]) -> None:
    """Tell what these crawls have to say, where anybody is to be told. Raises nothing."""
    if not settings.alarm_webhook and not settings.alarm_mail:
        return
    for summary in summaries:
        if summary.kind == "crawl" and summary.site is not None and summary.run_id:
            tell(settings, summary, _run_before(settings, summary))


def _run_before(settings: Settings, summary: RunSummary) -> RunRow | None:
    try:
        with Search.open(settings.index_path) as index:
            rows = index.runs(site=summary.site, limit=20)
    except HemerotecaError as error:
        logger.warning("the run before is not known: %s", error)
        return None
    ended = (row for row in rows if row.kind == "crawl" and row.status in ("done", "partly", "failed"))
    return next((row for row in ended if row.run_id != summary.run_id), None)


def tell(settings: Settings, summary: RunSummary, earlier: RunRow | None) -> None:
    """Send what is new to the webhook and by mail, where they are set. Raises nothing."""
    failed = summary.status == "failed" and (earlier is None or earlier.status != "failed")
    fresh: Sequence[Alarm] = ()
    over: Sequence[str] = ()
    if summary.status in ("done", "partly"):
        fresh, over = news_of(summary, earlier)
        if earlier is not None and earlier.status == "failed":
            over = ["failed", *over]
    if not fresh and not over and not failed:
        return
    lines = _lines(settings, summary, fresh, over)
    if settings.alarm_webhook:
        _attempt(
            "webhook", lambda: _post(settings.alarm_webhook, _document(settings, summary, fresh, over, lines))
        )
    if settings.alarm_mail:
        _attempt("mail", lambda: _mail(settings, lines))


def _attempt(what: str, send: Callable[[], None]) -> None:
    try:
        send()
    except (OSError, HTTPException, smtplib.SMTPException, ValueError) as error:
        logger.warning("the alarm could not be sent by %s: %s: %s", what, type(error).__name__, error)


def _lines(settings: Settings, summary: RunSummary, fresh: Sequence[Alarm], over: Sequence[str]) -> list[str]:
    lines = [f"{summary.site} in {settings.collection.name}: run {summary.run_id} {summary.status}"]
    if summary.status == "failed":
        lines.append(summary.detail or "failed")
    lines += [f"{' '.join(part for part in (it.code, it.subject) if part)}: {it.detail}" for it in fresh]
    lines += [f"over: {one}" for one in over]
    return [" ".join(line.split())[:_LONGEST_LINE] for line in lines]


def _document(
    settings: Settings, summary: RunSummary, fresh: Sequence[Alarm], over: Sequence[str], lines: Sequence[str]
) -> bytes:
    """Return the JSON that the webhook gets; `text` is what Slack, Mattermost and their like show."""
    return orjson.dumps(
        {
            "text": "\n".join(lines),
            "collection": settings.collection.name,
            "site": summary.site,
            "run_id": summary.run_id,
            "status": summary.status,
            "detail": summary.detail,
            "finished_at": summary.finished_at,
            "alarms": [{"code": it.code, "subject": it.subject, "detail": it.detail} for it in fresh],
            "over": list(over),
        }
    )


def _post(address: str, body: bytes) -> None:
    """POST to the address and nowhere else: redirects are not followed."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise HTTPException(f"{parts.scheme}://{parts.hostname} answered with status {status}")


def _mail(settings: Settings, lines: Sequence[str]) -> None:
    message = EmailMessage()
    receivers = [one.strip() for one in settings.alarm_mail.split(",") if one.strip()]
    message["From"] = settings.contact if "@" in settings.contact else receivers[0]
    message["To"] = ", ".join(receivers)
    message["Subject"] = f"[hemeroteca] {lines[0]}"
    message.set_content("\n".join(lines) + "\n")
    parts = urlsplit(settings.mail_server)
    context = ssl.create_default_context()
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    server: smtplib.SMTP
    if secure:
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        starttls = parts.scheme == "smtp+starttls"
        server = smtplib.SMTP(host, parts.port or (587 if starttls else 25), timeout=TIMEOUT)
    with server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
