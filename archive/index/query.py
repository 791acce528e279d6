"""The search language: what a reader types → an FTS5 MATCH string that cannot go wrong.

    hanoï sommet            both words, in any order, anywhere
    "nations unies"         a phrase (also “…” and «…»)
    cyber*  "nations un"*   words that begin so
    a OR b   a NOT b   -b   alternatives, exclusions; AND is what a space means
    title:vote  caption:"place de la paix"  lead:(a OR b)  body:x  title:-x or -title:x
    NEAR(gaz vietnam, 25)   within 25 words of each other (10 unless said)

Everything is folded as the index is, so case and diacritics do not matter, and l'ONU, vice-premier and
C++ are words like others. Words of scripts written without spaces become phrases of pairs of characters. An
Arabic word is looked for with its article and without it, unless it is quoted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from archive.errors import QueryError
from archive.index.arabic import forms
from archive.index.fold import base, fold, is_unspaced

FIELDS = {"title": "title", "lead": "lead", "body": "body", "caption": "captions", "captions": "captions"}
"""Names that may stand before a colon → columns of the full-text index."""

_MOST_DEPTH = 20
_MOST_TERMS = 200
_QUOTES = {'"': '"', "“": "””", "„": "“”", "«": "»", "「": "」", "『": "』"}
_FIELD = re.compile(r"(title|lead|body|captions?):", re.IGNORECASE)
_LIKE_FIELD = re.compile(r"""([^\W\d_]{2,20}):(?=-?[^\W\d_]|["“„«「『(])""")
"""A word, a colon, and what is looked for in it, without a space: no `Paris: la ville`, `12:30`, `http://`."""
_LIKE_OPERATORS = {"and": "AND", "or": "OR", "not": "NOT"}
_FOREIGN_OPERATORS = {
    "ET": "AND", "OU": "OR", "SAUF": "NOT", "UND": "AND", "ODER": "OR", "NICHT": "NOT", "Y": "AND", "O": "OR",
    "EN": "AND", "OF": "OR", "VÀ": "AND", "HOẶC": "OR", "И": "AND", "ИЛИ": "OR", "НЕ": "NOT",
}  # fmt: skip
_ENDS = frozenset(("word", "phrase", "near", ")"))
_STARTS = frozenset(("word", "phrase", "near", "(", "field", "-"))
_STAR = re.compile(r"\w\*|\*\w")
_NEAR = re.compile(r"NEAR\s*\(")
_OPERATORS = {"AND", "OR", "NOT"}


class Needle(NamedTuple):
    """What to mark in a text: folded words (not cut into pairs), the last one perhaps only a beginning."""

    words: tuple[str, ...]
    prefix: bool


class ParsedQuery(NamedTuple):
    """A query, understood."""

    match: str
    """FTS5 expression; "" for an empty query."""
    needles: tuple[Needle, ...] = ()


class _Token(NamedTuple):
    kind: str
    """word, phrase, field, (, ), AND, OR, NOT, -, near, end"""
    text: str
    at: int
    prefix: bool = False
    distance: int = 10


class _Part(NamedTuple):
    """A piece of the expression; `needles` are those that a matching text holds."""

    match: str
    needles: tuple[Needle, ...] = ()


def parse(text: str, fields: tuple[str, ...] = ()) -> ParsedQuery:
    """Parse a query. `fields`: search only in these (names as before a colon).

    Raises QueryError, with the place and a hint, for what cannot be meant: an open quote or parenthesis, an
    operator with nothing after it, exclusions only.
    """
    columns = [_column(name) for name in fields]
    tokens = _tokens(text)
    if len(tokens) == 1:
        return ParsedQuery("")
    if all(token.kind in {*_OPERATORS, "field", "-"} for token in tokens[:-1]):  # `AND`, `title:`: just words
        tokens = [_Token("word", token.text, token.at) for token in tokens[:-1]] + tokens[-1:]
    parser = _Parser(text, tokens)
    part = parser.either()
    if parser.token.kind == ")":
        raise _error(text, parser.token.at, "this ) closes nothing", "leave it out, or open it before")
    if part is None:
        raise QueryError(f"nothing to search for in {text!r}: it has no letter and no digit")
    match = f"{{{' '.join(dict.fromkeys(columns))}}} : ({part.match})" if columns else part.match
    return ParsedQuery(match, tuple(dict.fromkeys(part.needles)))


def unknown_fields(text: str) -> tuple[str, ...]:
    """Return the names that stand in a query where a field's would, and are none: `autor` of `autor:Nguyen`.

    They are searched for as the words that they are. Raises QueryError as `parse` does.
    """
    found = (_LIKE_FIELD.match(text, token.at) for token in _tokens(text) if token.kind == "word")
    names = (match[1] for match in found if match)
    return tuple(dict.fromkeys(name for name in names if not is_unspaced(name[-1])))


def plain_operators(text: str) -> tuple[tuple[str, str], ...]:
    """Return (word, operator) of words between others that look like an operator: `or` of `gaz or pétrole`.

    Those of other languages only in capitals: `ou` and `et` are words like others. Raises QueryError as
    `parse`.
    """
    tokens = _tokens(text)
    found = []
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.kind != "word" or before.kind not in _ENDS or after.kind not in _STARTS:
            continue
        operator = _LIKE_OPERATORS.get(token.text.lower()) if not token.text.isupper() else None
        if operator is None and not text.isupper():
            operator = _FOREIGN_OPERATORS.get(token.text)
        if operator is not None:
            found.append((token.text, operator))
    return tuple(dict.fromkeys(found))


def idle_stars(text: str) -> tuple[tuple[str, bool], ...]:
    """Return (what was written, whether it is a phrase) of stars that stand at words and make no beginning of
    them: `"renov*"`, `*vision`. Raises QueryError as `parse`.
    """
    return tuple(
        (token.text, token.kind == "phrase")
        for token in _tokens(text)
        if (token.kind == "phrase" and _STAR.search(token.text))
        or (token.kind == "word" and _STAR.search(token.text.rstrip("*")))
    )


def _column(name: str) -> str:
    try:
        return FIELDS[name.lower()]
    except KeyError:
        raise QueryError(f"unknown field '{name}' (known: title, lead, body, caption)") from None


def _error(text: str, at: int, what: str, hint: str) -> QueryError:
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 80 else shown[:79] + "…"
    return QueryError(f"query `{shown}`: at character {at + 1}: {what}; {hint}")


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char in "()":
            tokens.append(_Token(char, char, at))
            at += 1
        elif char in _QUOTES and (char == '"' or _close(text, at) >= 0):
            at = _phrase(text, at, tokens)
        elif char == "-" and at + 1 < len(text) and not text[at + 1].isspace() and text[at + 1] != "-":
            tokens.insert(_before_fields(tokens), _Token("-", char, at))
            at += 1
        elif match := _FIELD.match(text, at):
            tokens.append(_Token("field", match[1], at))
            at = match.end()
        elif match := _NEAR.match(text, at):
            at = _near(text, at, match.end(), tokens)
        else:
            at = _word(text, at, tokens)
        if len(tokens) > _MOST_TERMS * 2:
            raise QueryError(f"the query is too long: at most {_MOST_TERMS} words")
    tokens.append(_Token("end", "", len(text)))
    return tokens


def _before_fields(tokens: list[_Token]) -> int:
    """Return where a dash belongs that stands behind a field: `title:-port` leaves out what `-title:port`
    does.
    """
    place = len(tokens)
    while place and tokens[place - 1].kind == "field":
        place -= 1
    return place


def _close(text: str, at: int) -> int:
    ends = [place for mark in _QUOTES[text[at]] if (place := text.find(mark, at + 1)) >= 0]
    return min(ends, default=-1)


def _phrase(text: str, at: int, tokens: list[_Token]) -> int:
    end = _close(text, at)
    if end < 0:
        raise _error(text, at, "this quote is never closed", 'close it with ", or leave it out')
    starred = text[end + 1 : end + 2] == "*"
    tokens.append(_Token("phrase", text[at + 1 : end], at, prefix=starred))
    return end + 1 + starred


def _near(text: str, at: int, start: int, tokens: list[_Token]) -> int:
    end = text.find(")", start)
    if end < 0:
        raise _error(text, at, "NEAR( is never closed", "write NEAR(first second, 10)")
    words, comma, number = text[start:end].rpartition(",")
    if not comma:
        words, number = number, "10"
    if not number.strip().isdecimal():
        raise _error(text, at, "the distance of NEAR is no number", "write NEAR(first second, 10)")
    tokens.append(_Token("near", words, at, distance=min(int(number), 10_000)))
    return end + 1


def _word(text: str, at: int, tokens: list[_Token]) -> int:
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in '()"':
        end += 1
    word = text[at:end]
    if word in _OPERATORS:
        tokens.append(_Token(word, word, at))
    else:
        tokens.append(_Token("word", word, at, prefix=word.endswith("*")))
    return end


class _Parser:
    """Recursive descent: either := both (OR both)*; both := one+; one := [-|NOT] (word | phrase | (
    either )).
    """

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._terms = 0

    @property
    def token(self) -> _Token:
        return self._tokens[self._at]

    def either(self) -> _Part | None:
        parts = [self._both()]
        while self.token.kind == "OR":
            self._operator()
            parts.append(self._both())
        kept = [part for part in parts if part is not None]
        if len(kept) <= 1:
            return kept[0] if kept else None
        joined = " OR ".join(f"({part.match})" for part in kept)
        return _Part(joined, tuple(needle for part in kept for needle in part.needles))

    def _operator(self) -> _Token:
        token = self.token
        self._at += 1
        if token.kind in {"NOT", "-"} and self.token.kind in {"NOT", "-"}:
            raise _error(self._text, token.at, "this is left out twice", "write one - or NOT before it")
        if self.token.kind in {"end", ")", "AND", "OR"} or (token.kind == "OR" and self.token.kind == "NOT"):
            hint = (
                f'put a word there, or write "{token.text.lower()}" in quotes to search for the word itself'
            )
            raise _error(self._text, token.at, f"{token.text} has nothing after it", hint)
        return token

    def _both(self) -> _Part | None:
        wanted: list[_Part] = []
        unwanted: list[_Part] = []
        first = self.token
        while self.token.kind not in {"end", ")", "OR"}:
            if self.token.kind == "AND":
                if self.token is first:
                    hint = 'put a word there, or write "and" in quotes to search for the word itself'
                    raise _error(self._text, first.at, "AND has nothing before it", hint)
                self._operator()
            negative = self.token.kind in {"NOT", "-"}
            if negative:
                self._operator()
            part = self._one()
            if part is not None:
                (unwanted if negative else wanted).append(part)
        if first.kind == "OR":
            hint = 'put a word there, or write "or" in quotes to search for the word itself'
            raise _error(self._text, first.at, "OR has nothing before it", hint)
        if unwanted and not wanted:
            raise _error(self._text, first.at, "only words to leave out", "add one that has to be there")
        if not wanted:
            return None
        match = " AND ".join(part.match if len(wanted) == 1 else f"({part.match})" for part in wanted)
        if unwanted:
            match = f"({match}) NOT ({' OR '.join(f'({part.match})' for part in unwanted)})"
        return _Part(match, tuple(needle for part in wanted for needle in part.needles))

    def _one(self) -> _Part | None:
        token = self.token
        if token.kind == "(":
            return self._group(token)
        self._at += 1
        if token.kind == "field":
            if self.token.kind in {"end", ")", "OR", "AND", "NOT"}:
                return self._term(_Token("word", token.text, token.at))
            part = self._one()
            column = FIELDS[token.text.lower()]
            return part and _Part(f"{{{column}}} : ({part.match})", part.needles)
        if token.kind == "near":
            return self._nearby(token)
        return self._term(token)

    def _group(self, token: _Token) -> _Part | None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise _error(
                self._text, token.at, "too many parentheses inside each other", f"at most {_MOST_DEPTH}"
            )
        self._at += 1
        part = self.either()
        if self.token.kind != ")":
            raise _error(self._text, token.at, "this ( is never closed", "close it with ), or leave it out")
        self._at += 1
        self._depth -= 1
        return part

    def _term(self, token: _Token) -> _Part | None:
        self._terms += 1
        if self._terms > _MOST_TERMS:
            raise QueryError(f"the query is too long: at most {_MOST_TERMS} words")
        return any_form(token) if token.kind == "word" else term(token.text, prefix=token.prefix)

    def _nearby(self, token: _Token) -> _Part | None:
        # as phrases: FTS5 takes no alternatives in a NEAR
        words = (_Token("phrase", word, token.at, word.endswith("*")) for word in token.text.split())
        parts = [part for word in words if (part := self._term(word))]
        if len(parts) <= 1:
            return parts[0] if parts else None
        phrases = " ".join(part.match for part in parts)
        return _Part(f"NEAR({phrases}, {token.distance})", tuple(n for part in parts for n in part.needles))


def any_form(token: _Token) -> _Part | None:
    """Return a word, or any of the forms that are looked for with it."""
    words = base(token.text).split()
    others = forms(words[0])[1:] if len(words) == 1 else ()
    parts = [term(text, prefix=token.prefix) for text in (token.text, *others)]
    kept = [part for part in parts if part is not None]
    if len(kept) <= 1:
        return kept[0] if kept else None
    match = " OR ".join(part.match for part in kept)
    return _Part(f"({match})", tuple(needle for part in kept for needle in part.needles))


def term(text: str, *, prefix: bool = False) -> _Part | None:
    """Return a word or phrase as a quoted FTS5 phrase; None if it has no letter or digit."""
    words, tokens = base(text).split(), fold(text).split()
    if not tokens:
        return None
    last = words[-1]
    starred = prefix
    if is_unspaced(last[-1]):
        # the lone last character stands in the index only where a run ends; a single one begins a pair
        # or is alone
        starred = len(last) == 1 or not is_unspaced(last[-2])
        if not starred:
            tokens.pop()
    phrase = '"' + " ".join(tokens) + '"'
    return _Part(phrase + "*" * starred, (Needle(tuple(words), starred),))
