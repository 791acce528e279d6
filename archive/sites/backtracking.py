r"""Regular expressions that can take exponential time, found before they are used.

Python's `re` tries every way in which an expression can match. Where a loop can read one text in two ways
(`(\w+\s?)*`, `(a|ab|b)*`, `(.*)*`) there are 2^n ways for n characters, and a hostile page of forty
characters stops an extraction for years. Such an expression is found by its structure (docs/decisions/0007):
its positions form an automaton, and the loop is ambiguous where two different walks through it read the same
text from one position back to itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from re import _constants as codes  # type: ignore[attr-defined]  # the parser of the standard library's own
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from attrs import define, field, frozen

_MOST_POSITIONS = 400
"""Above it counted repetitions count as endless ones."""
_MOST_LOOPING = 120
_MANY = 8
"""A repetition up to more than this is as bad as an endless one."""
_SAMPLES = " \n\taZéĐßя中ก٣09_-.,:;/|'\"«()[]<>&=#%+*?!@$^~\\`{}\u0300\u200b\U0001f600"
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    codes.CATEGORY_DIGIT: str.isdecimal,
    codes.CATEGORY_SPACE: str.isspace,
    codes.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    codes.CATEGORY_NOT_DIGIT: lambda char: not char.isdecimal(),
    codes.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    codes.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}


def is_exponential(pattern: re.Pattern[str]) -> bool:
    """Tell whether some text makes this expression take exponential time."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    automaton = _Automaton(alphabet=_alphabet(tree), flags=pattern.flags)
    automaton.add(tree)
    return automaton.is_ambiguous()


@frozen
class _Piece:
    """A part of the expression: positions where it may begin and end, and in how many ways, up to two."""

    first: Counter[int] = field(factory=Counter)
    last: Counter[int] = field(factory=Counter)
    empty: int = 1
    """Ways to match nothing."""


_NOTHING = _Piece()


def _times(ways: Counter[int], number: int) -> Counter[int]:
    return Counter({place: min(2, count * number) for place, count in ways.items() if number})


@define
class _Automaton:
    """Glushkov's: one position a character class, edges with the number of ways that lead along them."""

    alphabet: str
    flags: int
    masks: list[int] = field(factory=list)
    """Of each position: which characters of the alphabet it reads, as bits."""
    edges: dict[int, Counter[int]] = field(factory=lambda: defaultdict(Counter))
    choice: bool = False
    """Some part is asked for many times, and may be nothing each time."""

    def add(self, tree: Any) -> _Piece:
        """Take in a sequence of the parser's nodes."""
        whole = _NOTHING
        for code, argument in tree:
            whole = self._joined(whole, self._node(code, argument))
        return whole

    def _node(self, code: Any, argument: Any) -> _Piece:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            return self._repeated(*argument)
        if code is codes.POSSESSIVE_REPEAT:  # is not tried in a second way
            return self._optional(self.add(argument[2]), argument[0])
        if code is codes.SUBPATTERN:
            _, on, off, inner = argument
            outside, self.flags = self.flags, (self.flags | on) & ~off
            piece = self.add(inner)
            self.flags = outside
            return piece
        if code is codes.ATOMIC_GROUP:
            return self.add(argument)
        if code is codes.BRANCH:
            parts = [self.add(branch) for branch in argument[1]]
            first = sum((part.first for part in parts), Counter[int]())
            last = sum((part.last for part in parts), Counter[int]())
            return _Piece(first, last, min(2, sum(part.empty for part in parts)))
        if code in (codes.ASSERT, codes.ASSERT_NOT):
            self.add(argument[1])  # its loops count; it reads nothing
        elif code is codes.GROUPREF_EXISTS:
            for part in argument[1:]:
                self.add(part or ())
        elif code not in (codes.AT, codes.GROUPREF):
            return self._position(code, argument)
        return _NOTHING

    def _position(self, code: Any, argument: Any) -> _Piece:
        self.masks.append(
            sum(1 << at for at, char in enumerate(self.alphabet) if self._reads(code, argument, char))
        )
        place = Counter((len(self.masks) - 1,))
        return _Piece(place, place, 0)

    def _reads(self, code: Any, argument: Any, char: str) -> bool:
        if self.flags & re.IGNORECASE:
            variants = {char, char.lower(), char.upper()}
            return any(_matches(code, argument, it, self.flags) for it in variants if len(it) == 1)
        return _matches(code, argument, char, self.flags)

    def _joined(self, before: _Piece, after: _Piece) -> _Piece:
        for place, ways in before.last.items():
            self.edges[place].update(_times(after.first, ways))
        return _Piece(
            before.first + _times(after.first, before.empty),
            after.last + _times(before.last, after.empty),
            min(2, before.empty * after.empty),
        )

    def _optional(self, piece: _Piece, least: int) -> _Piece:
        return _Piece(piece.first, piece.last, min(2, piece.empty + (least == 0)))

    def _repeated(self, least: int, most: int, tree: Any) -> _Piece:
        before = len(self.masks)
        piece = self.add(tree)
        size = len(self.masks) - before
        if least > _MANY and piece.empty and piece.first:
            self.choice = True  # (a?){30}: which of the thirty are there?
        endless = most == codes.MAXREPEAT or (most > _MANY and least != most)
        if endless or size * most + before > _MOST_POSITIONS:
            for place, ways in piece.last.items():
                self.edges[place].update(_times(piece.first, ways))
            # one turn that reads nothing, or none, or (`re` tries it) two
            return _Piece(piece.first, piece.last, 2 if piece.empty else int(least == 0))
        whole = self._optional(piece, least)
        for number in range(1, most):  # each time is a place of its own
            whole = self._joined(whole, self._optional(self.add(tree), int(number < least)))
        return whole if most else _NOTHING

    def is_ambiguous(self) -> bool:
        """Tell whether two different walks of one text lead from a position back to it."""
        if self.choice:
            return True
        for loop in _loops({place: set(after) for place, after in self.edges.items()}):
            if len(loop) > _MOST_LOOPING:
                return True  # nobody writes so large a loop that is not
            if any(self.edges[place][after] > 1 for place in loop for after in loop):
                return True
            if any(
                any(one == other for one, other in pairs) and any(one != other for one, other in pairs)
                for pairs in _loops(self._side_by_side(loop))
            ):
                return True
        return False

    def _side_by_side(self, loop: set[int]) -> dict[tuple[int, int], set[tuple[int, int]]]:
        """Return the walks of two that read the same text inside a loop."""
        return {
            (one, other): {
                (after, beside)
                for after in self.edges[one].keys() & loop
                for beside in self.edges[other].keys() & loop
                if self.masks[after] & self.masks[beside]
            }
            for one in loop
            for other in loop
        }


def _matches(code: Any, argument: Any, char: str, flags: int) -> bool:
    if code is codes.LITERAL:
        return bool(ord(char) == argument)
    if code is codes.NOT_LITERAL:
        return bool(ord(char) != argument)
    if code is codes.ANY:
        return char != "\n" or bool(flags & re.DOTALL)
    if code is codes.RANGE:
        return bool(argument[0] <= ord(char) <= argument[1])
    if code is codes.CATEGORY:
        return argument not in _CATEGORIES or _CATEGORIES[argument](char)
    if code is codes.IN:
        negated = argument[0][0] is codes.NEGATE
        parts = argument[int(negated) :]
        return bool(negated != any(_matches(inner, value, char, flags) for inner, value in parts))
    return True


def _alphabet(tree: Any) -> str:
    """Return characters of which at least one is in every overlap of two classes, as good as always."""
    found = set(_SAMPLES)
    for code, argument in _leaves(tree):
        ends = argument if code is codes.RANGE else (argument,)
        for end in ends:
            found.update(chr(at) for at in (end - 1, end, end + 1) if 0 < at <= 0x10FFFF)
    found |= {variant for char in found for variant in (char.lower(), char.upper()) if len(variant) == 1}
    return "".join(sorted(found))


def _leaves(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the literals and ranges of an expression, wherever they stand."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if (
            isinstance(node, tuple)
            and len(node) == 2
            and node[0] in (codes.LITERAL, codes.NOT_LITERAL, codes.RANGE)
        ):
            yield node
        elif isinstance(node, (tuple, list, parser.SubPattern)):
            stack.extend(node)


def _loops(edges: Mapping[Any, set[Any]]) -> list[set[Any]]:
    """Return the strongly connected parts that hold an edge (Tarjan, without recursion)."""
    order: dict[Any, int] = {}
    low: dict[Any, int] = {}
    path: list[Any] = []
    on_path: set[Any] = set()
    found: list[set[Any]] = []
    for root in edges:
        if root in order:
            continue
        work = [(root, iter(edges.get(root, ())))]
        order[root] = low[root] = len(order)
        path.append(root)
        on_path.add(root)
        while work:
            node, following = work[-1]
            after = next(following, None)
            if after is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    part = set()
                    while node not in part:
                        part.add(path.pop())
                    on_path -= part
                    if len(part) > 1 or node in edges.get(node, ()):
                        found.append(part)
            elif after not in order:
                order[after] = low[after] = len(order)
                path.append(after)
                on_path.add(after)
                work.append((after, iter(edges.get(after, ()))))
            elif after in on_path:
                low[node] = min(low[node], order[after])
    return found
