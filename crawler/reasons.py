"""Why a fetch gave nothing, in words for people. The archive keeps the error's own words beside its code."""

from __future__ import annotations

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from crawler.addresses import PrivateAddressError
from crawler.exchange import NoHandshakeError

_TLS = re.compile(r"SSL routines', '[^']*', '([^']+)'")
_PLAIN = "a server that speaks plain http is asked with http:// in front"
_NOT_TLS = ("wrong version number", "http request", "packet length too long", "record layer failure")
"""What OpenSSL says of bytes that are no TLS."""
_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (NoHandshakeError, f"no answer to TLS: {_PLAIN}"),
    (CannotResolveHostError, "no such host, or no name server that answers"),
    (DownloadConnectionRefusedError, "connection refused"),
    (DownloadTimeoutError, "no answer in time"),
    (ResponseDataLossError, "the answer was cut short"),
)
_LONGEST = 300


def reason_of(error: BaseException | None) -> str:
    """Return one short line."""
    if isinstance(error, PrivateAddressError):
        return f"{error}: --allow-private, or private_hosts of a profile, allows it"
    for kind, words in _KINDS:
        if isinstance(error, kind):
            return words
    said = " ".join(str(error).split())
    tls = _TLS.search(said)
    if tls:
        return f"TLS: {tls[1]}" + (f" ({_PLAIN})" if tls[1] in _NOT_TLS else "")
    said = "; ".join(_reasons(error)) or said
    return (said or type(error).__name__)[:_LONGEST]


def _reasons(error: BaseException | None) -> list[str]:
    """Return what Twisted's lists of failures say, each once: as text they are Python's own notation."""
    cause = getattr(error, "__cause__", None) or error
    said = [" ".join(failure.getErrorMessage().split()) for failure in getattr(cause, "reasons", None) or ()]
    return [text for text in dict.fromkeys(said) if text]
