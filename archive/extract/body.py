"""The body: running text of the article, in order, without what stands beside it.

How: running text (a sentence or more, few links) outside boxes is summed over the tree; from the root
the walk goes down into the child that holds nearly all of it and stops where several siblings share it,
because many papers part a body over sibling containers (text, advert, text). What is left of the region
is then judged line by line. Amount is counted in characters, Chinese, Thai and Korean ones threefold:
no stop words, so no language is lost. Evidence (381 pages of 306 publishers): of the words that
extractors add wrongly, 30 % are title, lead, captions and boxes, so those are taken out first; a line
that is nothing but links is hardly ever body.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter

from attrs import frozen

from archive.extract.box_headings import announces
from archive.extract.credits import split_credit
from archive.extract.flow import Flow
from archive.extract.found import key
from archive.extract.phrases import END, NOISE, READ_ALSO
from archive.extract.sheet import Sheet, Unit, is_running
from archive.model import Block, BlockKind
from archive.text import squash, weight

_KINDS: dict[str, BlockKind] = {
    "li": "item", "dd": "item", "dt": "item", "blockquote": "quote", "pre": "pre", "td": "table",
    "th": "table", "h1": "subhead", "h2": "subhead", "h3": "subhead", "h4": "subhead",
    "h5": "subhead", "h6": "subhead",
}  # fmt: skip

_RULE = re.compile(r"_{2,20}|(?:_\s){2,10}_")
_ADDED = 4
"""Lines that a rule and what a desk adds below it have, at most."""
_HEADED = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SMALL_BOX = 120
"""Elements of a box of links in the text, at most."""
_HEAD = 40
"""Weight of the shortest caption that a line may repeat with its credit behind it."""
_CREDIT = 80
"""Characters of a credit with its label, at most."""
_LABEL = 20
"""Of these, the label's."""


@frozen
class Elsewhere:
    """What other fields hold, to know a line that repeats it with a little behind it.

    What goes beyond that is text, whatever it begins with: of 381 pages four have such lines, all of them a
    caption and its credit in one box, while a body may well take the headline up again and go on.
    """

    texts: set[str]
    """Title, lead, captions."""
    credited: dict[str, str]
    """Captions, each with its credit or ""."""
    sites: frozenset[str]
    """Keys of the names that the paper goes by."""

    def repeats(self, flow: Flow, unit: Unit) -> bool:
        """Say whether a line is a text of another field and, behind it, its credit, the paper or a date."""
        if unit.tag in {"p", "li", "blockquote"}:
            return False
        for text in self.texts:
            if text and unit.text.startswith(text):
                rest = unit.text[len(text) :]
                if len(rest) <= _CREDIT and self._adds_nothing(text, rest, in_flow=flow.holds(unit.node)):
                    return True
        return False

    def _adds_nothing(self, text: str, rest: str, *, in_flow: bool) -> bool:
        mine = key(rest)
        if not mine or (mine in self.sites and not rest[0].isalnum()):
            return True
        if text in self.credited:
            credit = key(self.credited[text])
            known = bool(credit) and mine.endswith(credit) and len(mine) - len(credit) <= _LABEL
            return weight(text) >= _HEAD and (known or not split_credit(rest)[0])
        return not in_flow and _is_date(rest)


def _keep(flow: Flow, unit: Unit, taken: set[str]) -> bool:
    if flow.sheet.boxed[unit.node] or unit.text in taken:
        return False
    if unit.tag == "div" and unit.weight < 60 and flow.main and not flow.holds(unit.node):
        return False  # a label between the paragraphs
    text = unit.text.lower()
    share = unit.linked / max(1, len(text))
    if share > 0.7 and unit.weight < 400:
        apart = bool(flow.main) and not flow.holds(unit.node)
        if unit.tag != "p" or share > 0.9 or apart or READ_ALSO.match(text):
            return False
    if READ_ALSO.match(text) and (unit.weight < 260 or share > 0.3):
        return False
    if share > 0.5 and unit.weight < 260 and _announces_link(unit):
        return False
    if share > 0.5 and unit.weight < 400 and announces(unit.text) == "related":
        return False
    if unit.weight < 400 and NOISE.match(text):
        return False
    return any(char.isalnum() for char in text)


def _announces_link(unit: Unit) -> bool:
    """Say whether a line is a word or two, a colon, and a link: "यह भी पढ़ें: …", in whatever language."""
    label, colon, rest = unit.text.replace("：", ":", 1).partition(":")
    return (
        bool(colon) and len(label) <= _LABEL and len(label.split()) <= 4 and unit.linked >= len(rest.strip())
    )


def body_units(flow: Flow, headline: int, elsewhere: Elsewhere, captions: list[int]) -> list[Unit]:
    """Return the units of the body in order.

    Args:
        flow: from `flow.flow_of`.
        headline: index of the headline's element, -1 if unknown; nothing before it, if in the region, is
            body.
        elsewhere: what other fields hold.
        captions: elements whose text is a caption.
    """
    sheet, region = flow.sheet, flow.region
    low, high = sheet.unit_start[region], sheet.unit_end[region]
    start = sheet.unit_end[headline] if headline >= 0 and sheet.inside(headline, region) else low
    before = {id(unit) for unit in sheet.units[low:start]}
    units = sheet.units[low:high]
    held = {node for box in (*captions, *flow.boxes) for node in range(box, sheet.end[box])}
    units = [unit for unit in units if unit.node not in held]
    below = [unit for unit in units if id(unit) not in before]
    if _running(sheet, below) >= 0.3 * _running(sheet, units):
        units = below  # else the "headline" stands below the text, and is none
    total = _running(sheet, units)
    labels = _labels(units)
    kept: list[Unit] = []
    seen = 0
    rule_at = _last_rule(units, total)
    for index, unit in enumerate(units):
        if index == rule_at:
            break  # who else reported, where more is to be had
        heading = unit.tag[0] == "h" or unit.weight < 60
        if heading and seen > 0.5 * total and not sheet.boxed[unit.node] and END.match(unit.text.lower()):
            if flow.goes_on(units, index):
                continue
            break
        if (
            _begins_another(unit, seen)
            and unit.text not in elsewhere.texts
            and not flow.goes_on(units, index)
        ):
            break
        if (
            _keep(flow, unit, elsewhere.texts)
            and unit.text not in labels
            and not elsewhere.repeats(flow, unit)
        ):
            kept.append(unit)
            if is_running(unit):
                seen += unit.weight
    texts = sorted(unit.node for unit in kept if unit.tag[0] != "h")
    return _trim(flow, [unit for unit in kept if unit.tag[0] != "h" or not _heads_links(flow, unit, texts)])


def _last_rule(units: list[Unit], total: int) -> int:
    """Return the index of the line of underscores that a short end of the text stands below; -1 for none.

    Agencies part so from a story what its desk adds; stars stand between an essay's parts.
    """
    for index in range(len(units) - 1, max(0, len(units) - _ADDED) - 1, -1):
        if _RULE.fullmatch(units[index].text):
            below = sum(unit.weight for unit in units[index:])
            return index if below < 0.2 * total else -1
    return -1


def _heads_links(flow: Flow, heading: Unit, texts: list[int]) -> bool:
    """Say whether a heading is a box's that shows links and no text: key events, the current issue.

    The box is the widest element around it without a line of text; a subhead's holds nothing to click but
    photos.
    """
    sheet, box = flow.sheet, heading.node
    while (above := sheet.parent[box]) > flow.region:
        if bisect_left(texts, above) < bisect_left(texts, sheet.end[above]):
            break
        box = above
    if box == heading.node or sheet.end[box] - box > _SMALL_BOX:
        return False
    element = sheet.elements[box]
    if element.find(".//figure") is not None:
        return False
    links = (link for link in element.iter("a") if link.get("href"))
    return any(not any(above.tag in _HEADED for above in link.iterancestors()) for link in links)


def _begins_another(unit: Unit, seen: int) -> bool:
    """Say whether a line is an h1 below text: another article's headline, unless the text of the first goes
    on behind it (Medium and papers that paste from word processors head their sections so).
    """
    return unit.tag == "h1" and seen > 300 and 25 < unit.weight < 220


def _is_date(text: str) -> bool:
    """Say whether a text is a day, with or without its hour: numbers, and hardly a word between them."""
    words = re.findall(r"\d+|[^\W\d_]+", text[:_CREDIT])
    numbers = sum(word.isdecimal() for word in words)
    return numbers >= 2 and len(words) - numbers <= 4 and any(len(w) == 4 for w in words if w.isdecimal())


def _labels(units: list[Unit]) -> set[str]:
    """Return the short lines that stand in a text again and again: labels of adverts, buttons of photos."""
    counts = Counter(
        unit.text for unit in units if unit.weight < 60 and unit.tag in {"p", "div"} and not unit.strong
    )
    return {text for text, count in counts.items() if count >= 3}


def _running(sheet: Sheet, units: list[Unit]) -> int:
    return sum(unit.weight for unit in units if is_running(unit) and not sheet.boxed[unit.node])


def _trim(flow: Flow, units: list[Unit]) -> list[Unit]:
    """Drop short lines and headings before the first and after the last running line, and repeated lines."""
    texts = [i for i, unit in enumerate(units) if _is_text(flow, unit)]
    if not texts:
        return []
    first, last = texts[0], texts[-1]
    if first > 0 and _heads(units[first - 1]):
        first -= 1
    out: list[Unit] = []
    seen: set[str] = set()
    for unit in units[first : last + 1]:
        if unit.weight > 60 and unit.text in seen:
            continue
        seen.add(unit.text)
        out.append(unit)
    return out


def _heads(unit: Unit) -> bool:
    """Say whether a short line above the first running one goes with it: a heading, the lead-in of a list."""
    leads_in = unit.tag in {"h2", "h3", "h4"} or (unit.tag == "p" and unit.text[-1] in ":：")
    return leads_in and unit.linked == 0 and unit.weight >= 15


def _is_text(flow: Flow, unit: Unit) -> bool:
    """Say whether a line can begin or end a body: a sentence, or less where paragraphs of the body stand."""
    if unit.tag[0] == "h":
        return False
    if not flow.main:
        return unit.weight >= 60 or (unit.tag in {"p", "li", "blockquote"} and unit.weight >= 25)
    if unit.weight >= 60:
        return True
    return unit.weight >= 15 and (unit.tag in {"li", "blockquote"} or flow.holds(unit.node))


def blocks(sheet: Sheet, units: list[Unit]) -> tuple[Block, ...]:
    """Return units as blocks: cells of one table row joined, a short bold line of its own a subhead."""
    out: list[Block] = []
    row: int | None = None
    for unit in units:
        kind = _KINDS.get(unit.tag, "paragraph")
        if kind == "paragraph":
            kind = _kind_above(sheet, unit)
        if kind == "table":
            above = next((n for n in sheet.ancestors(unit.node) if sheet.tag[n] == "tr"), None)
            if unit.weight > 250 or above is None:
                kind, above = "paragraph", None
            elif above == row and out and out[-1].kind == "table":
                out[-1] = Block(kind="table", text=f"{out[-1].text} | {unit.text}")
                continue
            row = above
        out.append(Block(kind=kind, text=unit.text))
    while out and out[-1].kind == "subhead":
        out.pop()
    return tuple(out)


def _kind_above(sheet: Sheet, unit: Unit) -> BlockKind:
    for node in sheet.ancestors(unit.node)[:4]:
        if sheet.tag[node] == "blockquote":
            return "quote"
        if sheet.tag[node] == "li":
            return "item"
    short = unit.weight < 120 and unit.strong >= 0.95 * len(unit.text) > 0
    return "subhead" if short and unit.text[-1] not in '.:,;!…”"»“' else "paragraph"


def from_article_body(text: str) -> tuple[Block, ...]:
    """Return blocks for a JSON-LD articleBody."""
    parts = re.split(r"\s*(?:\n+|<br\s*/?>|</p>|\r)\s*", text)
    lines = [squash(re.sub(r"<[^>]*>", " ", part)) for part in parts]
    return tuple(Block(kind="paragraph", text=line) for line in lines if line)


def amount(items: tuple[Block, ...]) -> int:
    """Return the weight of the text."""
    return sum(weight(block.text) for block in items)
