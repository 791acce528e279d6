"""What discovery returns, and what belongs to a site."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from attrs import frozen

from archive.index.keys import url_key
from archive.sites.profile import Site
from archive.urls import bare_host, canonical, original_of, without_tracking

MAX_LINKS = 50_000
"""Links taken from one list; a sitemap may hold as many (sitemaps.org), nothing else has a reason to."""

_MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|css|js|json|mjs|woff2?|ttf|eot|pdf|docx?|xlsx?|pptx?|odt|zip|gz|rar|7z"
    r"|mp[34]|m4[av]|ogg|oga|ogv|opus|wav|webm|mov|avi|m3u8|apk|exe|dmg|epub|xml|rss|atom|txt)$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?:^|/)(?:tags?|topics?|topic-tags?|themes?|authors?|auteurs?|autor(?:es)?|tac-gia|profile|users?|members?|category|categorie|rubrique"
    r"|search|recherche|suche|buscar|tim-kiem|login|logout|signin|sign-in|signup|register|connexion|account|compte|abonn[a-z-]*|subscri[a-z-]*"
    r"|newsletters?|contact|about|a-propos|mentions-legales|privacy|cookies?|terms|cgu|legal|impressum|datenschutz|faq|help|aide|plan-du-site"
    r"|sitemap|rss|feeds?|comments?|print|share|cart|shop|boutique|wp-login\.php|wp-admin|cdn-cgi|amp|page)(?:/|\.|$)",
    re.IGNORECASE,
)
_SERVICES = re.compile(
    r"/(?:horoscopes?|horoscopo|horóscopo|horoskop|oroscopo|tu-vi|crosswords?|mots-croises|crucigramas?|sudoku|live-?scores?"
    r"|shop|boutique|tienda|loja|lotter(?:y|ies)|loter[ií]as?|xo-so|tv-guide|programme-tv|lich-phat-song"
    r"|petites-annonces|classifieds|rao-vat)(?=/|\.|$)",
    re.IGNORECASE,
)
"""Parts of a paper that tell no news, whatever number or headline their addresses have."""
_MIXED = re.compile(
    r"/(?:weather(?:-forecast)?|meteo|météo|wetter|tiempo|previsao-do-tempo|thoi-tiet|tianqi|pogoda"
    r"|games?|jeux|juegos|jogos|spiele|giochi|tro-choi)(?=/|\.|$)",
    re.IGNORECASE,
)
"""Forecasts and games, numbered by place and day, that may stand beside news of storms and of games."""
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HEADLINE_WIDE, _HEADLINE_LETTERS = 3, 16
"""Characters from which a name that is not in ASCII is taken for a headline: Chinese, Japanese, Korean ones;
letters of any other script, in which five are the name of a section.
"""
_DATED = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?(?:0?[1-9]|[12]\d|3[01]))?(?:[/-]|$)")
_NUMBERED = re.compile(r"(?:^|[^0-9])\d{5,}(?:[^0-9]|$)")
_PAGE_NAME = re.compile(r"\.(?:html?|vnp|shtml|php|aspx?|chn|epi|tpo|ece|cms|jsp|do)$", re.IGNORECASE)
_HTML = re.compile(r"\.html?(?=$|\?)", re.IGNORECASE)
_QUERY_ID = re.compile(
    r"(?:^|&)(?:id|p|aid|newsid|article|article_id|storyid|idxno|docid|nid)=[\w-]{2,}", re.IGNORECASE
)


@frozen(kw_only=True)
class Candidate:
    """A link that a list offers, with what the list says of it."""

    url: str
    """Absolute http(s) URL."""
    title: str | None = None
    date: str | None = None
    """ISO 8601, or None."""
    position: int | None = None
    """1-based place in the list."""
    section: str | None = None


@frozen(kw_only=True)
class Scope:
    """What belongs to the crawled site: the domains of its profile, or the host that the user named."""

    site: Site | None
    host: str
    """Host (with port, where it is not the scheme's) of the front page, lower case."""

    @classmethod
    def of(cls, site: Site | None, front: str) -> Scope:
        """Return the scope of a profile, or of a URL without one."""
        return cls(site=site, host=_netloc(front))

    def contains(self, url: str) -> bool:
        """Tell whether links to this URL are followed."""
        netloc = _netloc(url)
        if not netloc:
            return False
        if self.site is not None:
            domains = self.site.domains
            return netloc in domains or netloc.partition(":")[0] in domains
        return bare_host(netloc) == bare_host(self.host) or netloc.endswith("." + bare_host(self.host))

    def key(self, url: str) -> str:
        """Return what makes two URLs one in the queue: the article's id where the profile finds one, else the
        URL that is asked for, that of the article for its copies (AMP, mobile, print).
        """
        article = self.article_id(url)
        return f"id:{article}" if article else f"url:{_HTML.sub('', url_key(original_of(self.plain(url))))}"

    def is_twin(self, url: str) -> bool:
        """Tell whether an address is spelled like that of a copy: AMP, mobile, print."""
        return original_of(url) != url

    def article_id(self, url: str) -> str | None:
        """Return the article id that the profile's pattern finds, in the address or in the one asked for."""
        if self.site is None:
            return None
        return self.site.key_for(url) or self.site.key_for(self.plain(url))

    def plain(self, url: str) -> str:
        """Return the address to ask for: without what only says where the reader came from; the article's own
        for that of its AMP or mobile twin, where the profile says how.
        """
        url = without_tracking(url)
        return self.site.plain_url(url) if self.site is not None else url


def _netloc(url: str) -> str:
    try:
        parts = urlsplit(canonical(url))
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else ""


def is_service(path: str) -> bool:
    """Tell whether a path lies in a part of a paper that tells no news: games, horoscopes, a shop."""
    return bool(_SERVICES.search(unquote(path)))


def is_mixed(path: str) -> bool:
    """Tell whether a path lies where forecasts or games are, and perhaps articles about them."""
    return bool(_MIXED.search(unquote(path)))


def _is_headline(name: str) -> bool:
    """Tell whether a name in another script than Latin is long enough for a headline."""
    foreign = "".join(char for char in unquote(name) if not char.isascii())
    return len(_WIDE.findall(foreign)) >= _HEADLINE_WIDE or len(foreign) >= _HEADLINE_LETTERS


def url_likeness(url: str, scope: Scope) -> int:
    """Return how much a URL looks like an article's: 0 surely not, 1 perhaps, 2 probably, 3 certainly
    (profile's pattern).
    """
    if scope.article_id(url):
        return 3
    parts = urlsplit(original_of(url))
    path = parts.path
    if not path.strip("/") or _MEDIA.search(path):
        return 1 if _QUERY_ID.search(parts.query) and not _MEDIA.search(path) else 0
    if _ELSEWHERE.search(path) or is_service(path):
        return 0
    last = path.rstrip("/").rpartition("/")[2]
    dated, numbered = bool(_DATED.search(path)), bool(_NUMBERED.search(path) or _QUERY_ID.search(parts.query))
    words = len([word for word in re.split(r"[-_]|%20", _PAGE_NAME.sub("", last)) if word])
    encoded = _is_headline(last)
    if is_mixed(path) and not dated:
        return int(words >= 3)
    if numbered or (dated and (words >= 2 or encoded)) or words >= 5 or encoded:
        return 2
    return int(words >= 3 or dated or bool(_PAGE_NAME.search(last)))
