"""URLs: one spelling for one page. Nothing here raises, whatever the string.

RFC 3986 §6.2 (case, percent-encoding, dot segments, default ports); tracking parameters by name: those
of the advertising and mail systems, and the campaign tags of the large publishers' analytics (AT
Internet `xtor`, `at_*`). Ambiguous names (`ref`, `source`, `src`, `id`) stay: on some sites they choose
the page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

_TRACKING = re.compile(
    r"(?:utm_.*|hsa_.*|at_.*|ns_.*|wt_.*|mtm_.*|pk_.*|piwik_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid"
    r"|msclkid|yclid"
    r"|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|vero_id|xtor|_ga|_gl|ocid|ncid|cmpid"
    r"|cmp|intcmp"
    r"|icid|itid|ito|iref|link_source|ref_src|ref_url|s_cid|smid|smtyp|ftag|spm|zanpid|wickedid"
    r"|__twitter_impression"
    r"|guccounter|guce_referrer|guce_referrer_sig|wtmc|feature=youtu\.be"
    r"|gad_source|gad_campaignid|srsltid|ysclid|yadclid|mibextid|fb_action_ids|fb_action_types|fb_source|fb_ref"
    r"|dicbo|obOrigUrl|tblci|tbnt|rb_clickid|_branch_match_id|ef_id|s_kwcid|cx_testId|cx_testVariant|zarsrc|gidzl"
    r"|amp_js_v|amp_gsa|usqp|_x_tr_.*|sessionid|phpsessid|jsessionid)",
    re.IGNORECASE,
)
_SESSION = re.compile(r";jsessionid=[\w.!-]*", re.IGNORECASE)
_TWIN_PATH = re.compile(
    r"^/(?:amp|print|imprimer|mobile)(?=/[^/])|/(?:amp|print|imprimer|printpage)(?:\.html?)?/?$"
    r"|[-_.](?:amp|print)(?=\.html?$)|\.amp$",
    re.IGNORECASE,
)
_TWIN_QUERY = re.compile(
    r"(?:amp|print|printable|mobile)(?:=(?:1|true|yes|y)?)?"
    r"|(?:output|outputtype|format|view|mode|tmpl|type|layout|device|display|version)=(?:amp|print|printable|mobile)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})|%")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]|")
_AS_WRITTEN = re.compile(r"""[A-Za-z0-9\-._~!$&'()*+,;=:@/?%\[\]|{}^`<>"]*""")
_PORTS = {"http": 80, "https": 443}
_EDGES = "".join(map(chr, range(33)))
_HOST = re.compile(r"[\w.\-]+|\[[0-9a-fA-F:.]+\]")
_GENERIC_SECOND = frozenset({
    "ac", "ad", "asn", "co", "com", "ed", "edu", "gen", "go", "gob", "gouv", "gov", "govt", "gv", "id",
    "info", "int", "lg", "ltd", "me", "mil", "muni", "ne", "net", "nhs", "nic", "nom", "or", "org", "plc",
    "police", "sch", "web",
})  # fmt: skip
_COPIES = ("m.", "mobile.", "amp.", "touch.", "wap.")
_ASPECTS = ("www.", "m.", "mobile.", "amp.", "touch.", "wap.")


def _escape(text: str) -> str:
    """Return the text with one spelling of every escape: unreserved decoded, the rest in upper-case hex
    (UTF-8).
    """

    def one(match: re.Match[str]) -> str:
        if not match[1]:
            return "%25"
        byte = int(match[1], 16)
        return chr(byte) if byte in _UNRESERVED else f"%{match[1].upper()}"

    text = _PERCENT.sub(one, text)
    if all(char in _SAFE for char in text):
        return text
    return "".join(
        char if char in _SAFE else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
        for char in text
    )


def _host(host: str) -> str:
    """Return a host name in lower case and ASCII (IDNA 2003, the standard library's)."""
    host = host.lower().rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host


def _dots(path: str) -> str:
    """Remove dot segments (RFC 3986 §5.2.4)."""
    if "/." not in path:
        return path
    out: list[str] = []
    parts = path.split("/")
    for part in parts[1:]:
        if part == "..":
            if out:
                out.pop()
        elif part != ".":
            out.append(part)
    if parts[-1] in {".", ".."}:
        out.append("")
    return "/" + "/".join(out)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _PORTS or not host:
        return None
    return parts


def _clean(url: str) -> str:
    """As browsers do: edges stripped of white space and control characters, tabs and newlines inside out."""
    return re.sub(r"[\x00-\x1f\x7f]", "", url).strip(_EDGES + "\u00a0\u3000\u200b\ufeff").replace("\\", "/")


def strip_tracking(query: str) -> str:
    """Return a query string without the parameters that only say where the reader came from; order kept."""
    kept = [part for part in query.split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0])]
    return "&".join(kept)


def without_tracking(url: str) -> str:
    """Return a URL without those parameters; all else stays as it is spelled."""
    address, mark, query = url.partition("?")
    kept = strip_tracking(query) if mark else ""
    return url if kept == query else f"{address}?{kept}" if kept else address


def _spell(parts: SplitResult) -> str | None:
    scheme = parts.scheme.lower()
    host = _host(parts.hostname or "")
    if ":" in host:
        host = f"[{host}]"
    if not host or not _HOST.fullmatch(host):
        return None
    port = "" if parts.port in {None, _PORTS[scheme]} else f":{parts.port}"
    path = _dots(_escape(_SESSION.sub("", parts.path))) or "/"
    query = strip_tracking(_escape(parts.query))
    return f"{scheme}://{host}{port}{path}" + (f"?{query}" if query else "")


@lru_cache(maxsize=4096)
def canonical(url: str) -> str:
    """Return the one spelling of a URL. Idempotent; a string that is no http(s) URL comes back stripped,
    unchanged.

    Scheme and host in lower case, IDN in ASCII, no user name, default port, fragment or tracking parameter.
    """
    cleaned = _clean(url)
    parts = _split(_clean(cleaned.partition("#")[0]))  # white space before a fragment is none of the path
    spelled = _spell(parts) if parts else None
    return cleaned if spelled is None else spelled


@lru_cache(maxsize=4096)
def absolute(base: str, href: str | None) -> str | None:
    """Return an http(s) URL for a link found on a page, fragment removed; None for any other scheme or a
    broken link.

    Query and path stay as written (spaces and non-ASCII characters escaped), because the server is asked with
    them.
    """
    if not href:
        return None
    try:
        joined = urljoin(_clean(base), _clean(href))
    except ValueError:
        return None
    joined = joined.partition("#")[0]
    parts = _split(joined)
    if parts is None or not _HOST.fullmatch(_host(parts.netloc.rpartition("@")[2].partition(":")[0] or "[]")):
        return joined_ipv6(parts, joined)
    return _respell(parts, joined)


def typed(text: str) -> str | None:
    """Return the URL that somebody means who types an address, scheme or not; None where it is none.

    A port of one's own speaks http, mostly; all else is asked for with https.
    """
    text = _clean(text)
    if "://" not in text:
        place = re.split(r"[/?#]", text, maxsplit=1)[0]
        if "@" in place or not ("." in place or ":" in place):
            return None
        parts = _split(f"https://{text}")
        if parts is None:
            return None
        text = f"{'https' if parts.port in {None, 443} else 'http'}://{text}"
    url = absolute("", text)
    return url if url is None or url.partition("://")[2].count("/") else f"{url}/"


def joined_ipv6(parts: SplitResult | None, joined: str) -> str | None:
    """Return the URL where the host is an IPv6 address in brackets, else None."""
    if parts is not None and ":" in (parts.hostname or "") and joined.isascii():
        return joined
    return None


def _respell(parts: SplitResult, joined: str) -> str:
    """Escape what may not stand in a request line; leave everything else as written."""
    if _AS_WRITTEN.fullmatch(joined):
        return joined
    port = f":{parts.port}" if parts.port is not None else ""
    query = f"?{_escape(parts.query)}" if parts.query else ""
    return f"{parts.scheme.lower()}://{_host(parts.hostname or '')}{port}{_escape(parts.path)}{query}"


@lru_cache(maxsize=4096)
def original_of(url: str) -> str:
    """Return the address of which this one may be a copy for phones (AMP, mobile) or for printing: a guess by
    the spelling, to tell copies from one another; the address itself where it is none.
    """
    parts = _split(url)
    if parts is None:
        return url
    named = [part for part in parts.query.split("&") if part]
    kept = [part for part in named if not _TWIN_QUERY.fullmatch(part)]
    aspect = next((it for it in _COPIES if parts.netloc.lower().startswith(it)), "")
    host = parts.netloc[len(aspect) :] if parts.netloc.count(".") > 1 else parts.netloc
    path = _TWIN_PATH.sub("", parts.path) or "/"
    query = "&".join(kept) if len(kept) < len(named) else parts.query
    if (host, path, query) == (parts.netloc, parts.path, parts.query):
        return url
    return parts._replace(netloc=host, path=path, query=query).geturl()


def host_of(url: str) -> str:
    """Return the host in lower case and ASCII, without port; "" where there is none."""
    parts = _split(_clean(url))
    return _host(parts.hostname or "") if parts else ""


@lru_cache(maxsize=1024)
def site_of(host: str) -> str:
    """Return what stands for the publisher's domain: the last two labels, three under `co.uk` or `com.vn`."""
    labels = host.split(".")
    if len(labels) <= 2 or labels[-1].isdigit() or ":" in host:
        return host
    if len(labels[-1]) == 2 and labels[-2] in _GENERIC_SECOND:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def bare_host(host: str) -> str:
    """Return a host without `www.`, `m.`, `amp.` and the like in front."""
    for aspect in _ASPECTS:
        if host.startswith(aspect) and host.count(".") > 1:
            return host[len(aspect) :]
    return host


@lru_cache(maxsize=4096)
def same_site(a: str, b: str) -> bool:
    """Say whether two URLs belong to one publisher's domain (subdomains included)."""
    first, second = host_of(a), host_of(b)
    return bool(first) and bool(second) and site_of(first) == site_of(second)
