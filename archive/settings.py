"""`hemeroteca.toml` and `HEMEROTECA_*` variables, read once into one frozen `Settings`.

Precedence: defaults < hemeroteca.toml < environment < command-line option. Unknown keys are errors.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
from attrs import field, frozen, validators

from archive.errors import SettingsError

FILE_NAME = "hemeroteca.toml"
ENVIRONMENT_PREFIX = "HEMEROTECA_"
_NOT_SETTINGS = {"COLLECTION", "KIT"}


def _positive(kind: type) -> Any:
    return validators.and_(validators.instance_of(kind), validators.gt(0))


def _web_address(_: Any, attribute: attrs.Attribute[Any], value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError(f"{attribute.name} must be an http or https address")


def _mail_server(_: Any, attribute: attrs.Attribute[Any], value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls") or not parts.hostname:
        raise ValueError(f"{attribute.name} must be smtp://HOST, smtp+starttls://HOST or smtps://HOST")


@frozen(kw_only=True)
class Settings:
    """Everything a collection can be told. `collection` is where it stands; the rest are keys of the file."""

    collection: Path = field(converter=Path)
    operator: str = field(
        default="", metadata={"doc": "Who runs this archive; goes into every warcinfo record."}
    )
    contact: str = field(
        default="", metadata={"doc": "URL or e-mail that a webmaster can write to; goes into the User-Agent."}
    )
    user_agent: str = field(
        default="", metadata={"doc": "Whole User-Agent; empty: hemeroteca/VERSION (+contact)."}
    )
    obey_robots: bool = field(
        default=True, validator=validators.instance_of(bool), metadata={"doc": "Obey robots.txt (RFC 9309)."}
    )
    extract: bool = field(
        default=True,
        validator=validators.instance_of(bool),
        metadata={"doc": "Extract pages during a crawl; false: archive only, `reextract` reads them later."},
    )
    allow_private: bool = field(
        default=False,
        validator=validators.instance_of(bool),
        metadata={"doc": "Allow fetches from private, loopback and link-local addresses."},
    )
    delay: float = field(
        default=2.0,
        converter=float,
        validator=validators.ge(0),
        metadata={"doc": "Seconds between two requests to one host, where its profile sets none."},
    )
    concurrency: int = field(
        default=16, validator=_positive(int), metadata={"doc": "Requests under way at once, over all hosts."}
    )
    concurrency_per_host: int = field(
        default=4, validator=_positive(int), metadata={"doc": "Requests under way at once to one host."}
    )
    timeout: float = field(
        default=60.0,
        converter=float,
        validator=validators.gt(0),
        metadata={"doc": "Seconds until a fetch is given up; what came is kept, marked truncated."},
    )
    handshake_timeout: float = field(
        default=10.0,
        converter=float,
        validator=validators.gt(0),
        metadata={
            "doc": "Seconds until a server that says nothing to a TLS hello is given up (plain http, mostly)."
        },
    )
    max_response_bytes: int = field(
        default=32 << 20,
        validator=_positive(int),
        metadata={"doc": "Largest body fetched, as sent; more is cut and marked truncated."},
    )
    max_payload_bytes: int = field(
        default=64 << 20,
        validator=_positive(int),
        metadata={"doc": "Largest body after decompression that is read back."},
    )
    max_depth: int = field(
        default=6,
        validator=_positive(int),
        metadata={"doc": "Pages of one list (pagination, load-more, sitemap index) followed in a row."},
    )
    revisit: bool = field(
        default=True,
        validator=validators.instance_of(bool),
        metadata={"doc": "A crawl asks again for known articles that are due, to find what was edited."},
    )
    revisit_risk: float = field(
        default=0.01,
        converter=float,
        validator=validators.gt(0),
        metadata={
            "doc": "An article is due when so many edits are to be expected since its last capture."
            " Larger: fewer requests, more edits missed (docs/explanation/revisits.md)."
        },
    )
    revisit_days: float = field(
        default=365.0,
        converter=float,
        validator=validators.ge(0),
        metadata={"doc": "Days after its last change from which an article is not asked for again."},
    )
    warc_prefix: str = field(default="hemeroteca", metadata={"doc": "First part of every WARC file name."})
    warc_roll_over_bytes: int = field(
        default=1_000_000_000,
        validator=_positive(int),
        metadata={"doc": "A WARC file is closed after this many bytes."},
    )
    fsync_seconds: float = field(
        default=2.0,
        converter=float,
        validator=validators.ge(0),
        metadata={
            "doc": "Records are flushed at once, forced to disk at least this often; 0: after each capture."
        },
    )
    lock_seconds: float = field(
        default=60.0,
        converter=float,
        validator=validators.ge(0),
        metadata={"doc": "Seconds to wait for another process that writes to the index."},
    )

    schedule_processes: int = field(
        default=2,
        validator=_positive(int),
        metadata={"doc": "Crawls that the scheduler runs at once, each a process of its own."},
    )
    browser: str = field(
        default="",
        metadata={
            "doc": "Chromium that renders pages where profiles ask for it; empty: chromium, chromium-browser"
            " or google-chrome on the PATH."
        },
    )
    browser_sandbox: bool = field(
        default=True,
        validator=validators.instance_of(bool),
        metadata={
            "doc": "Run the browser in its sandbox; it does not start so as root, nor in many containers."
            " false: without, so that a page that breaks out of the browser has this user's rights."
        },
    )
    log_format: str = field(
        default="text",
        validator=validators.in_(("text", "json")),
        metadata={"doc": "text: log/crawl.log; json: log/crawl.jsonl, one JSON object a line."},
    )
    metrics_file: str = field(
        default="",
        metadata={
            "doc": "Where crawls write metrics in Prometheus text form (SITE in it is replaced), such as "
            "/var/lib/node_exporter/hemeroteca-SITE.prom; empty: nowhere."
        },
    )
    alarm_webhook: str = field(
        default="",
        validator=_web_address,
        metadata={"doc": "Address that alarms of runs are sent to as JSON (POST); empty: nowhere."},
    )
    alarm_mail: str = field(
        default="",
        metadata={"doc": "Mail addresses, parted by commas, that alarms of runs are sent to; empty: nobody."},
    )
    mail_server: str = field(
        default="smtp://localhost",
        validator=_mail_server,
        metadata={
            "doc": "Server for that mail: smtp://HOST:PORT, smtp+starttls://USER:PASSWORD@HOST or smtps://… "
            "(a password is better kept in HEMEROTECA_MAIL_SERVER)."
        },
    )

    @property
    def index_path(self) -> Path:
        """The searchable index; can be deleted and rebuilt."""
        return self.collection / "index.db"

    @property
    def warc_folder(self) -> Path:
        """The archive itself: warc/YYYY/MM/*.warc.gz."""
        return self.collection / "warc"

    @property
    def sites_folder(self) -> Path:
        """The collection's own site profiles."""
        return self.collection / "sites"

    @property
    def frontier_path(self) -> Path:
        """The durable queue of what is still to be fetched."""
        return self.collection / "frontier.db"

    @property
    def schedule_path(self) -> Path:
        """The journal of scheduled runs: which slots were run, and why others were not."""
        return self.collection / "schedule.db"

    @property
    def log_folder(self) -> Path:
        """Logs and lock files."""
        return self.collection / "log"


def setting_fields() -> dict[str, attrs.Attribute[Any]]:
    """Return every key that hemeroteca.toml may hold, with its attrs field (default, doc)."""
    return {f.name: f for f in attrs.fields(Settings) if f.name != "collection"}


def find_collection(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds hemeroteca.toml, else `start`."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    return start


def load_settings(collection: Path, environ: dict[str, str] | None = None, **options: Any) -> Settings:
    """Read the collection's settings.

    `options` are command-line values; those that are None do not count.
    Raises SettingsError: no such file is not an error (defaults hold), a broken one is.
    """
    path = collection / FILE_NAME
    values: dict[str, Any] = {}
    if path.is_file():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SettingsError(f"{path}: not readable as TOML: {error}") from error
    known = setting_fields()
    for key in values:
        if key not in known:
            raise SettingsError(f"{path}: unknown key '{key}' (known: {', '.join(sorted(known))})")
        values[key] = _as_declared(path, key, values[key], known[key].default)
    values |= _from_environment(os.environ if environ is None else environ, known)
    values |= {key: value for key, value in options.items() if value is not None}
    try:
        return Settings(collection=collection, **values)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{path}: {_one_line(error)}") from error


def _from_environment(environ: Any, known: dict[str, attrs.Attribute[Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in environ.items():
        if not name.startswith(ENVIRONMENT_PREFIX) or name.removeprefix(ENVIRONMENT_PREFIX) in _NOT_SETTINGS:
            continue
        key = name.removeprefix(ENVIRONMENT_PREFIX).lower()
        if key not in known:
            raise SettingsError(f"{name}: unknown setting (known: {', '.join(sorted(known))})")
        values[key] = _typed(name, text, known[key].default)
    return values


_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text in quotes"}


def _as_declared(path: Path, key: str, value: Any, default: Any) -> Any:
    """Return a value of the file; a whole number will do where another number is asked for."""
    kind = type(default)
    if type(value) is kind or (kind is float and type(value) is int):
        return value
    shown = _one_line(ValueError(repr(value)))[:60]
    raise SettingsError(f"{path}: {key} must be {_KINDS[kind]}, such as {_shown(default)}, not {shown}")


def _shown(value: Any) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f'"{value}"'
        if isinstance(value, str)
        else repr(value)
    )


def _typed(name: str, text: str, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
        return type(default)(text)
    except (KeyError, ValueError) as error:
        raise SettingsError(f"{name}: '{text}' is not a {type(default).__name__}") from error


def _one_line(error: Exception) -> str:
    return str(error.args[0] if error.args else error).splitlines()[0]
