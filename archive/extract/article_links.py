"""Which links of a page may lead to another article of the site, told by the address as written.

A page has some two hundred links and a handful of them matter, so nothing is resolved here: host, path and
number are read from the `href`. An article's address has words of its headline, a number or a day; lists
have a word of their own in it (tag, author, search …). The page's own address says more: where it has a
number, those of its neighbours have one too.
"""

from __future__ import annotations

import re

from archive.extract.page import ParsedPage
from archive.urls import bare_host, host_of, site_of, strip_tracking

_NO_ARTICLE = frozenset({
    "autor", "autoren", "author", "authors", "auteur", "auteurs", "autore", "profil", "profile", "people",
    "person", "staff", "reporter", "team", "thema", "themen", "topic", "topics", "tema", "temas", "tag",
    "tags", "category", "categories", "categoria", "categorias", "categorie", "schlagwort", "stichwort",
    "dossier", "dossiers", "special", "specials", "archiv", "hemeroteca", "login", "signin", "signup",
    "register", "account", "abo", "abonnement", "abonnements", "newsletter", "newsletters", "subscribe",
    "subscription", "subscriptions", "suscripcion", "suscripciones", "search", "suche", "recherche", "buscar",
    "kontakt", "contact", "impressum", "about", "privacy", "hilfe", "help", "rss", "feed", "offer", "offers",
    "angebot", "angebote", "shop", "job", "jobs", "redirect", "share", "print", "comment", "comments",
    "video-center", "video-centre",
})  # fmt: skip
"""Parts of a path that no article's address has."""
_NO_PAGE = frozenset({
    "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "pdf", "mp3", "mp4", "m3u8", "zip", "doc", "docx",
    "xls", "xlsx", "ics", "xml", "rss",
})  # fmt: skip
_NUMBER = re.compile(r"\d{3}")
_FOUR_DIGITS = re.compile(r"\d{4}")
_FIVE_DIGITS = re.compile(r"\d{5}")
_ID = re.compile(r"(?:[a-z]{1,2}~)?(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{6,16}$", re.IGNORECASE)
"""The last part of an address that is letters and digits at random."""


class ArticleLinks:
    """Which links of a page may lead to another article of the site, asked by their `href` as written."""

    def __init__(self, parsed: ParsedPage) -> None:
        self.host = host_of(parsed.page.url)
        self.site = site_of(self.host)
        path = parsed.page.url.partition("//")[2].partition("#")[0].partition("/")[2]
        path, _, self.own_query = path.partition("?")
        self.own_path = "/" + path.rstrip("/")
        self.numbered = _FIVE_DIGITS.search(path) is not None
        self.own_id = self._id_of(self.own_path)
        self.known: dict[str, str | None] = {}

    def mark(self, href: str) -> str | None:
        """Return the path of an article's address, with a query that holds a number; for another site's, host
        and all; None for what is no article.
        """
        if href not in self.known:
            self.known[href] = self._mark(href.strip().partition("#")[0])
        return self.known[href]

    def _mark(self, href: str) -> str | None:
        if ":" in href[:12] or href[:2] == "//":
            scheme, slashes, rest = href.partition("//")
            host, _, href = rest.partition("/")
            if not slashes or scheme.lower() not in {"http:", "https:", ""}:
                return None
            if site_of(_bare(host)) != self.site:
                return f"//{host}/{href}"
            href = "/" + href
        path, _, query = href.partition("?")
        if query:
            query = strip_tracking(query) if _FIVE_DIGITS.search(query) else ""
            query = query if _FIVE_DIGITS.search(query) else ""
        path = path.rstrip("/")
        if not self._is_article(path, query) or (path == self.own_path and query in {"", self.own_query}):
            return None
        return f"{path}?{query}" if query else path

    def _is_article(self, path: str, query: str) -> bool:
        """Say whether a path is one as articles have it: words of a headline, a number, a day."""
        name = path.rpartition("/")[2]
        words = name.count("-") + name.count("_")
        if words < 2:
            if not _FOUR_DIGITS.search(path) and not query and not self._is_id(path):
                return False
        elif len(path) < 12 or (self.numbered and words < 4 and not _NUMBER.search(path) and not query):
            return False  # where this article has a number, others have
        if "." in name[-6:] and name.rpartition(".")[2].lower() in _NO_PAGE:
            return False
        return _NO_ARTICLE.isdisjoint(path.lower().split("/"))

    @staticmethod
    def _id_of(path: str) -> tuple[int, int] | None:
        """Return how many parts a path has and how long its id is; None where it does not end in one."""
        name = path.rpartition("/")[2]
        return (path.count("/"), len(name)) if _ID.match(name) else None

    def _is_id(self, path: str) -> bool:
        """Say whether a path ends in an id as this article's does: "/news/article/bkx11abcde"."""
        mine, other = self.own_id, self._id_of(path) if self.own_id else None
        return mine is not None and other is not None and mine[0] == other[0] and abs(mine[1] - other[1]) <= 2

    def same_host(self, href: str) -> bool:
        """Say whether a link stays on the page's host."""
        host = _bare(href.partition("//")[2].partition("/")[0]) if "//" in href[:8] else ""
        return not host or bare_host(host) == bare_host(self.host)


def _bare(authority: str) -> str:
    """Return the host of `user@host:port`, in lower case."""
    return authority.rpartition("@")[2].partition(":")[0].lower()
