"""The byline as shown: which lines around headline and text name the authors.

A line counts by what marks it, most first: a class word or itemprop of authors, a link to an author's page,
a label ("By", "Von", "记者"), or, between headline and text and beside the date, the shape of a name and
nothing else. Lines between headline and text come first, then those right above the headline, then the end
of the text and what follows it (where French, Vietnamese and Chinese papers sign); boxes of other stories,
captions and comments never. Evidence (260 pages with known authors): of the bylines shown, two of three are
named by class, one of five by label or link alone, one of ten by place alone.
"""

from __future__ import annotations

import re

from attrs import frozen
from lxml import etree

from archive.extract.names import as_name, clean_names, has_label, is_translators, joined_names, without_label
from archive.extract.sheet import Sheet, Unit, is_running
from archive.extract.words import word_test
from archive.text import text_of

_names_byline = word_test(
    r"(?:^|[^a-z])(?:byline|by-line|author|authors|autor|autores|autoren|auteur|auteurs|autore|autori"
    r"|article-?authors?|author-?names?|byline-?names?|writer|reporter|journalist|journaliste|periodista"
    r"|firma|firmas|contributor|contributors|verfasser|forfatter|forfattare|skribent|creator|signature"
    r"|firmante|redakteur|redaktor|kirjoittaja|yazar|penulis|tac-?gia|textauthor|auteur-?name"
    r"|meta-?info-?author-?list|metainfoauthorlist|post-?author|entry-?author|story-?author|vcard|fn|kisha"
    r"|zuozhe|jizhe)(?:$|[^a-z])|author(?:name|list|link|-|_)|byline(?:name|-|_)|_author|-author"
)
_names_name = word_test(r"(?:^|[^a-z])name(?:$|[^a-z])")
"""What stands in a byline beside the role."""
_names_date = word_test(r"(?:^|[^a-z])(?:date|time|datum|fecha|published|publish|pubdate|datetime|timestamp)")
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|autor(?:en|es|e|i|in)?|auteurs?|people|person|personen|profiles?|profil|team|staff"
    r"|contributors?|by|byline|journalists?|journalistes?|reporters?|writers?|redaktion|redakteur(?:e|in)?"
    r"|redaccion|firmas?|autores|columnist[as]*|kolumnisten|experts?|tac-gia|penulis|yazar(?:lar)?|skribent"
    r"|forfatter|users?|bio|osoba|avtor|avtory|kirjoittaja|toimittaja|author_id=\d+)(?:/|[-?.=]|$)"
    r"|[?&]author=|rel=author",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,2}[./:-]\d{1,2}|(?:19|20|25)\d\d|\d+\s*(?:年|月|日|min|hour|uhr)|\b\d{1,2}\s[^\W\d_]{3,}",
    re.IGNORECASE,
)
_OUTSIDE = frozenset({"comment", "related", "nav", "caption", "figure", "teaser", "consent", "form",
"newsletter", "ad",
    "hidden"})  # fmt: skip
_SOURCE = re.compile(
    r"^\W*(?:quelle|source|fuente|fonte|kilde|källa|bron|źródło|zdroj|kaynak|sumber|nguồn|theo|来源|來源"
    r"|出处|출처|источник|المصدر|ที่มา|منبع)\s*[:：]?\s*(.{2,50})$",
    re.IGNORECASE,
)
_BRACKETED = 60
"""Characters at either end of a text among which it is signed in brackets."""
_IN_HEAD = (
    re.compile(r".{0,30}?[（(〔【\[]([^（(〔【\[）)〕】\]]{0,12}(?:记者|記者)[^）)〕】\]]{1,24})[）)〕】\]]"),
    re.compile(r"[\[(【〔][^\[\])】〕=＝]{0,20}[=＝]\s?([가-힣·,\s]{2,20}(?:기자|특파원))\s?[\])】〕]"),
    re.compile(r"[\[(【][^\])】]{1,20}[\])】]\s?([가-힣·,\s]{2,24}(?:기자|특파원))\s?="),
)
_IN_TAIL = re.compile(
    r"[（(]([^（）()]{0,10}(?:记者|記者)[^（）()]{1,30})[）)]\W*(?:[（(]完[）)])?$"
    r"|[。」][（【〔]((?!.*(?:敬称|写真|連載|続く|以下|随時|原文|終わ|掲載|共同|時事|新聞|注|※))[\u4e00-\u9fff々]{3,5}(?:[、・][\u4e00-\u9fff々]{3,5}){0,3})[）】〕]$"
)
_TALLY = re.compile(r"[^\d:：]{3,30}[:：]\s*\d[\d\s.,]{0,12}$")
"""How often a story was read."""
_BEFORE, _AFTER = 8, 40
"""Units before and after the headline's first that are read."""
_NEAR_DATE = 3
_TOGETHER = 4
_LONGEST = 200
_PARTS = 12
"""Elements that a line has at most."""
_CUT = " | "
"""Stands in a byline for a date that was cut out of it."""


@frozen
class Byline:
    """What the shown bylines hold."""

    lines: list[list[str]]
    """Names, line by line."""
    raw: list[str]
    """Strings in an author's place, for the agency."""
    sure: bool
    """Marked as a byline, not by its place alone."""

    @property
    def names(self) -> list[str]:
        """All names, in order."""
        return [name for line in self.lines for name in line]


@frozen
class _Line:
    index: int
    names: list[str]
    marked: bool
    """By class, link or label; else by place and shape."""
    labelled: bool = False


def bylines(sheet: Sheet, headline: int, region: int, sites: frozenset[str]) -> Byline:
    """Return the names that the page shows as its authors'."""
    reader = _Reader(sheet, sites)
    first, text, last = _zones(sheet, headline, region)
    below, above = range(first, text), range(max(0, first - _BEFORE), first)
    weak: list[_Line] = []
    for zone in (below, above):
        lines = [line for index in zone if (line := reader.line(index, plain=zone is below)) is not None]
        marked = [line for line in lines if line.marked]
        if marked:
            return Byline([line.names for line in _together(marked)], reader.raw, sure=True)
        weak += lines
    if weak:
        return Byline([weak[0].names], reader.raw, sure=False)
    end = range(max(text, last - 3), min(len(sheet.units), last + 14))
    labelled = (
        i for i in range(text, last) if len(sheet.units[i].text) < 60 and has_label(sheet.units[i].text)
    )
    for index in (*end, *labelled):
        line = reader.line(index, plain=False)
        if line is not None:
            return Byline([line.names], reader.raw, sure=False)
    signed = reader.signature(last - 1, region) if last > text else None
    signed = signed or reader.in_text(range(first, last))
    return Byline([signed] if signed else [], reader.raw, sure=False)


def _together(lines: list[_Line]) -> list[_Line]:
    """Return the lines that stand together with the first that is labelled, or else with the first."""
    start = next((at for at, line in enumerate(lines) if line.labelled), 0)
    low = high = start
    while low and lines[low].index - lines[low - 1].index <= _TOGETHER:
        low -= 1
    while high + 1 < len(lines) and lines[high + 1].index - lines[high].index <= _TOGETHER:
        high += 1
    return lines[low : high + 1]


def _zones(sheet: Sheet, headline: int, region: int) -> tuple[int, int, int]:
    """Return indices of units: the headline's, the first of the text's (the lead before it passed over),
    and the one after the text's last.
    """
    units = sheet.units
    anchored = 0 <= headline < sheet.end[region] if region >= 0 else headline >= 0
    first = sheet.unit_start[headline if anchored else max(0, region)]
    stop = sheet.unit_end[region] if region >= 0 else len(units)
    text, running = first, 0
    for index in range(first, min(first + _AFTER, len(units))):
        text = index
        if is_running(units[index]) and not sheet.boxed[units[index].node]:
            running += 1
            if running == 3:
                break
    last = stop
    while last > text and not (is_running(units[last - 1]) and not sheet.boxed[units[last - 1].node]):
        last -= 1
    return first, text, min(last + 2, stop) if last > text else stop


class _Reader:
    """Reads single lines; remembers the strings that stood in an author's place."""

    def __init__(self, sheet: Sheet, sites: frozenset[str]) -> None:
        self.sheet = sheet
        self.sites = sites
        self.raw: list[str] = []
        self._seen: set[str] = set()

    def line(self, index: int, *, plain: bool) -> _Line | None:
        """Return the names of a line; `plain`: place and shape may do."""
        unit = self.sheet.units[index]
        if not 3 < len(unit.text) <= _LONGEST or unit.text in self._seen:
            return None
        chain = self.sheet.ancestors(unit.node)
        if self._is_outside(chain):
            return None
        if is_translators(unit.text):
            return None
        text = self._undated(unit)
        label = any(map(has_label, text.split(_CUT)))
        marked = self._is_marked(unit, chain)
        if (label or marked) and unit.linked >= 0.9 * len(unit.text) and self._in_card(unit):
            return None
        source = _SOURCE.match(text) if len(text) < 60 else None
        if source:
            self.raw.append(source[1])
        links = self._links(unit) if unit.linked else []
        authored = [name for href, name in links if _AUTHOR_PATH.search(href)]
        if not (label or marked or authored):
            names = self._plain(index, text, chain) if plain else None
            return _Line(index, names, marked=False) if names else None
        if is_running(unit) and not authored and not (marked and len(text) < 120):
            return None  # running text that begins with "By", or a biography
        self._seen.add(unit.text)
        linked = authored or [name for _, name in links] or self._named_inside(unit)
        names = self._names(text, linked, single=bool(label and authored))
        self.raw += [*text.split(_CUT), *authored]
        return _Line(index, names, marked=True, labelled=label) if names else None

    def signature(self, index: int, region: int) -> list[str] | None:
        """Return the name that stands alone as the last line of the text."""
        sheet = self.sheet
        while index >= 0 and (len(sheet.units[index].text) < 2 or _TALLY.match(sheet.units[index].text)):
            index -= 1
        if index < 0 or not sheet.inside(sheet.units[index].node, max(0, region)):
            return None
        unit = sheet.units[index]
        if sheet.boxed[unit.node] or unit.tag not in {"p", "div"} or len(unit.text) > 50 or unit.linked:
            return None
        if index and sheet.units[index - 1].text[-1] in ":：":
            return None  # whom to ask
        return self._shape(unit.text)

    def in_text(self, lines: range) -> list[str] | None:
        """Return the names that East Asian papers put in brackets before the first sentence or after the
        last: "〔記者林文祥／澎湖報導〕", "[남도신문=최은영 기자]", "…と話した。（山本花）".
        """
        text = [index for index in lines if is_running(self.sheet.units[index])]
        for index in text[:2]:
            for pattern in _IN_HEAD:
                if names := self._bracketed(pattern.match(self.sheet.units[index].text[:_BRACKETED])):
                    return names
        for index in text[-2:]:
            if names := self._bracketed(_IN_TAIL.search(self.sheet.units[index].text[-_BRACKETED:])):
                return names
        return None

    def _bracketed(self, found: re.Match[str] | None) -> list[str]:
        return clean_names("".join(filter(None, found.groups())), self.sites) if found is not None else []

    def _is_outside(self, chain: list[int]) -> bool:
        role = self.sheet.role
        if any(
            self.sheet.tag[node] == "address" for node in chain[:3]
        ):  # whoever wrote the page, by HTML's own rule
            chain = [node for node in chain if role[node] not in {"caption", "figure"}]
        return any(role[node] in _OUTSIDE and not self._is_own(node) for node in chain)

    def _is_own(self, node: int) -> bool:
        """Say whether an element that is named a teaser holds too little for another story's."""
        sheet = self.sheet
        return sheet.role[node] == "teaser" and sheet.unit_end[node] - sheet.unit_start[node] == 1

    def _in_card(self, unit: Unit) -> bool:
        """Say whether one link stands around a line and more, as it does around another story's card."""
        element: etree._Element | None = self.sheet.elements[unit.node]
        for _ in range(5):
            if element is None or element.tag == "a":
                break
            element = element.getparent()
        if element is None or element.tag != "a" or _AUTHOR_PATH.search(element.get("href", "")):
            return False
        return len(text_of(element)) > len(unit.text) + 20

    def _is_marked(self, unit: Unit, chain: list[int]) -> bool:
        sheet = self.sheet
        words = sheet.words
        if any(sheet.tag[node] == "address" for node in chain[:3]):
            return True
        if any(len(words[node]) > 2 and _names_byline(words[node]) for node in chain[:4]):
            return True
        return any(len(words[node]) > 2 and _names_byline(words[node]) for node in self._inside(unit))

    def _inside(self, unit: Unit) -> range:
        """Return the elements inside a line; none of what holds more than a line."""
        end = self.sheet.end[unit.node]
        return range(unit.node + 1, end if end - unit.node <= _PARTS else unit.node + 1)

    def _undated(self, unit: Unit) -> str:
        """Return a line without the times that are marked in it: what stands around them is parted."""
        sheet, text = self.sheet, unit.text
        for node in self._inside(unit):
            if sheet.tag[node] == "time" or (len(sheet.words[node]) > 2 and _names_date(sheet.words[node])):
                date = text_of(sheet.elements[node])
                if any(map(str.isdigit, date)) and date in text:
                    text = text.replace(date, _CUT, 1)
        return text

    def _named_inside(self, unit: Unit) -> list[str]:
        """Return the texts of the parts of a line that class words name its authors; of a part that holds a
        name and a role, the name.
        """
        sheet, out, stop = self.sheet, [], 0
        for node in self._inside(unit):
            if node >= stop and len(sheet.words[node]) > 2 and _names_byline(sheet.words[node]):
                stop = sheet.end[node]
                out += self._texts(range(node + 1, stop), unit) or [text_of(sheet.elements[node])]
        return [text for text in out or self._texts(self._inside(unit), unit) if text in unit.text]

    def _texts(self, nodes: range, unit: Unit) -> list[str]:
        """Return the texts of the elements that class words name a name, where a line holds more than it."""
        named = [text_of(self.sheet.elements[n]) for n in nodes if _names_name(self.sheet.words[n])]
        return [text for text in named if len(text) < len(unit.text)]

    def _links(self, unit: Unit) -> list[tuple[str, str]]:
        """Return (href and rel, text) of the links in a line; a link around the line is one of them."""
        sheet = self.sheet
        if sheet.unit_end[unit.node] - sheet.unit_start[unit.node] > 8:
            return []
        element: etree._Element | None = sheet.elements[unit.node]
        found = list(sheet.elements[unit.node].iter("a"))[:12]
        for _ in range(4):
            if found or element is None:
                break
            found = [element] if element.tag == "a" else []
            element = element.getparent()
        out = []
        for link in found:
            href = link.get("href", "") + (" rel=author" if "author" in link.get("rel", "") else "")
            text = text_of(link) if len(link) < 8 else unit.text
            if text and (text in unit.text or unit.text in text):
                out.append((href, text if len(text) <= len(unit.text) else unit.text))
        return out

    def _names(self, text: str, links: list[str], *, single: bool) -> list[str]:
        linked = [name for link in links for name in clean_names(link, self.sites, single=single)]
        if not linked:
            return clean_names(text, self.sites)
        return linked + [
            name
            for name in joined_names(without_label(text), self.sites)
            if not any(name in n or n in name for n in linked)
        ]

    def _plain(self, index: int, text: str, chain: list[int]) -> list[str] | None:
        """Return the names of a line that has the shape of one and a date beside it."""
        sheet, unit = self.sheet, self.sheet.units[index]
        if (
            len(unit.text) > 80
            or unit.tag[0] == "h"
            or any(sheet.role[node] in {"tags", "kicker", "share"} for node in chain)
        ):
            return None
        parts = [part.strip() for part in re.split(r"\s*[|•·]\s*|\s[-–—]\s|\s{2,}", text) if part.strip()]
        dated = [part for part in parts if _DATE.search(part)]
        names = [name for part in parts if part not in dated for name in self._shape(part) or ()]
        if not names or len(parts) - len(dated) > 2:
            return None
        near = range(max(0, index - _NEAR_DATE), min(len(sheet.units), index + _NEAR_DATE + 1))
        if (
            dated
            or text != unit.text
            or any(
                len(sheet.units[other].text) < 80 and _DATE.search(sheet.units[other].text)
                for other in near
                if other != index
            )
        ):
            return names
        return None

    def _shape(self, text: str) -> list[str] | None:
        """Return the text as one name where it is nothing else: two to four words, each with a capital."""
        text = text.partition("/")[0].strip()  # "Ann Lee/AP"
        words = text.split()
        if not 2 <= len(words) <= 5 or not all(any(char.isalpha() for char in word) for word in words):
            return None
        name = as_name(text, self.sites)
        return [name] if name == text and any(char.isupper() for char in text) else None
