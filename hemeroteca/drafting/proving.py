"""Where the generic extractor is not enough, and which rule is: by evidence, proved on every sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

from attrs import evolve, frozen

from archive.dates import parse_date
from archive.extract.found import key
from archive.extract.page import ParsedPage
from archive.extract.rules import DateValue, Rules
from archive.extract.title import similarity
from archive.model import Article
from archive.sites.sources import Rule, SourceError, source
from archive.text import weight
from hemeroteca.drafting import places
from hemeroteca.drafting.evidence import FEWEST, FieldName, Truth, near, shared_start
from hemeroteca.drafting.survey import Sample

KEYS: dict[FieldName, str] = {
    "title": "title", "lead": "lead", "published": "published", "authors": "authors", "section": "section",
    "body": "paragraphs",
}  # fmt: skip
"""Field → key of a layout."""
_MOST_TRIED, _MOST_BLOCKS = 40, 1_000
_SHARE = 0.75
_ALIKE = 0.8
_COVERED = 0.8
_SHORTEST_PARAGRAPH = 20
_SHORTEST_CHROME = 4


@frozen(kw_only=True)
class Judgement:
    """How the generic extractor and a rule do at one field. Samples are named by their place."""

    field: FieldName
    known: frozenset[int]
    """Samples of which evidence tells what the field is."""
    generic: frozenset[int]
    """Of these, where the generic extractor gives just that."""
    is_chrome: bool = False
    """The generic extractor gives the same of every sample: a part of the site, not of the article."""
    source: str | None = None
    """A rule that is better, None where none is needed or none was found."""
    right: frozenset[int] = frozenset()
    """Samples of which it gives what the evidence says."""
    lost: frozenset[int] = frozenset()
    """Samples where the generic extractor has something that the rule would take away: the rule is not for
    their template.
    """

    @property
    def is_enough(self) -> bool:
        """Whether the generic extractor is right on most of the samples."""
        return 2 * len(self.generic) > len(self.known)


def judge(name: FieldName, samples: Sequence[Sample], truths: Sequence[Truth | None]) -> Judgement:
    """Compare the generic extractor with the evidence; where it is not enough, look for a rule.

    A rule is taken where it gives the evidence's value on three samples or more, on three quarters at least
    of those that the generic extractor gets wrong, contradicts the evidence on none of those, and does not
    say the same of every sample.
    """
    known = {place: truth for place, truth in enumerate(truths) if truth is not None}
    chrome = _is_chrome(name, samples)
    right = [place for place, truth in known.items() if _generic_is(name, samples[place], truth)]
    if name == "title":
        right = sorted({*right} - _with_chrome(samples, known))
    generic = frozenset(() if chrome else right)
    judged = Judgement(field=name, known=frozenset(known), generic=generic, is_chrome=chrome)
    wrong = judged.known - generic
    needed = max(FEWEST, -(-3 * len(wrong) // 4))
    if len(wrong) < FEWEST:
        return judged
    best = judged
    for text in _candidates(name, samples, {place: known[place] for place in wrong}, needed):
        tried = _tried(judged, text, samples, known)
        if tried is not None and len(tried.right & wrong) >= needed and _is_better(tried, best):
            best = tried
    scope = judged.known - best.lost
    return best if 2 * len(wrong & scope) >= len(scope) else judged


def _is_better(one: Judgement, best: Judgement) -> bool:
    """Candidates come the plainest first: a later one must do more."""
    return (len(one.right), -len(one.lost)) > (len(best.right), -len(best.lost))


def _candidates(
    name: FieldName, samples: Sequence[Sample], wrong: dict[int, Truth], needed: int
) -> list[str]:
    """Return the sources that find the truth on enough samples, the plainest first."""
    counts: Counter[str] = Counter()
    for place, truth in wrong.items():
        counts.update(set(islice(_places(name, samples[place], truth), 5_000)))
    enough = [text for text, count in counts.items() if count >= needed]
    return sorted(enough, key=lambda text: (-counts[text], places.cost(text)))[:_MOST_TRIED]


def _places(name: FieldName, sample: Sample, truth: Truth) -> Iterator[str]:
    parsed = sample.parsed
    if name == "published":
        read = partial(_is_date, sample=sample, truth=truth)
        for element, attribute in places.dates(parsed, read):
            suffix = f"::attr({attribute})" if attribute else ""
            yield from (f"css:{one}{suffix}" for one in places.selectors(element))
        yield from places.stated(parsed, read)
        return
    if name == "body":
        yield from _paragraphs(parsed, truth.values[0])
        return
    wanted = truth.values
    most = max(map(len, wanted)) * (4 if name == "lead" else 1)
    match = partial(_is_text, name=name, wanted=wanted)
    for element in places.texts(parsed, match, min(map(len, wanted)), most):
        yield from (f"css:{one}" for one in places.selectors(element))
    if name in ("section", "authors"):
        yield from places.stated(parsed, lambda text: match(key(text)))


def _paragraphs(parsed: ParsedPage, whole: str) -> Iterator[str]:
    """Yield selectors of the paragraphs in the boxes that hold the text."""
    seen = set()
    inside = partial(_is_inside, whole=whole)
    for element in places.texts(parsed, inside, _SHORTEST_PARAGRAPH, len(whole)):
        outer, tag = element.getparent(), str(element.tag)
        if outer is not None and (outer, tag) not in seen:
            seen.add((outer, tag))
            yield from (f"css:{one} > {tag}" for one in places.selectors(outer))


def _is_inside(folded: str, whole: str) -> bool:
    return len(folded) >= _SHORTEST_PARAGRAPH and folded in whole and len(folded) < 0.9 * len(whole)


def _is_text(folded: str, name: FieldName, wanted: tuple[str, ...]) -> bool:
    if name == "lead":  # descriptions are cut
        return folded.startswith(wanted[0]) and len(folded) <= 4 * len(wanted[0])
    return folded in wanted


def _is_date(raw: str, sample: Sample, truth: Truth) -> bool:
    iso = parse_date(raw, lang=sample.article.lang, now=sample.page.fetched_at)
    return iso is not None and near(iso, truth.values[0])


def _with_chrome(samples: Sequence[Sample], known: Mapping[int, Truth]) -> set[int]:
    """Return the samples whose headline is given with what the others have too: the paper's name."""
    after: dict[int, str] = {}
    before: dict[int, str] = {}
    for place, truth in known.items():
        given = key(samples[place].article.title or "")
        head, told, tail = given.partition(truth.values[0])
        if told and tail and not head:
            after[place] = tail[::-1]
        elif told and head and not tail:
            before[place] = head
    return {
        place
        for more in (after, before)
        if len(more) >= 2 and weight(shared_start(list(more.values()))) >= _SHORTEST_CHROME
        for place in more
    }


def _generic_is(name: FieldName, sample: Sample, truth: Truth) -> bool:
    """Tell whether what the generic extractor gives is what the evidence says."""
    article = sample.article
    if name == "title":
        given, told = article.title or "", truth.values[0]
        is_most = key(given) in told and 2 * len(key(given)) >= len(told)
        return is_most or similarity(given, told) >= _ALIKE
    if name == "lead":
        folded = key(article.lead or "")
        return bool(folded) and (folded.startswith(truth.values[0]) or truth.values[0].startswith(folded))
    if name == "published":
        return bool(article.published) and near(article.published or "", truth.values[0])
    if name == "authors":
        return {*map(key, article.authors)} >= {*truth.values} and bool(article.authors)
    if name == "section":
        return bool(article.section)  # of two names of a section neither is wrong
    return _covers([key(block.text) for block in article.blocks], truth.values[0])


def _covers(blocks: Sequence[str], whole: str) -> bool:
    """Tell whether blocks are most of a text, and little else."""
    blocks = blocks[:_MOST_BLOCKS]
    total, inside = sum(map(len, blocks)), sum(len(block) for block in blocks if block in whole)
    return total > 0 and inside >= _COVERED * len(whole) and inside >= _COVERED * total


def _tried(
    judged: Judgement, text: str, samples: Sequence[Sample], known: dict[int, Truth]
) -> Judgement | None:
    """Return how a rule does; None where it contradicts the evidence, fails, or tells nothing apart."""
    try:
        rule = Rule((source(text),))
        rule.sources[0].check()
    except SourceError:
        return None
    right: dict[int, tuple[str, ...]] = {}
    lost: set[int] = set()
    for place, sample in enumerate(samples):
        given = values_of(judged.field, rule, sample)
        truth = known.get(place)
        if truth is not None and given and is_right(judged.field, given, truth):
            right[place] = given
        elif place in judged.generic or (truth is None and not judged.is_chrome and _has(judged, sample)):
            lost.add(place)
        elif truth is not None and given:
            return None
    if judged.field != "body" and len(set(right.values())) < 2:
        return None
    return evolve(judged, source=text, right=frozenset(right), lost=frozenset(lost))


def _has(judged: Judgement, sample: Sample) -> bool:
    """Tell whether the generic extractor gives a field at all."""
    return not judged.is_chrome and bool(values_in(judged.field, sample.article))


def _is_chrome(name: FieldName, samples: Sequence[Sample]) -> bool:
    """Tell whether the generic extractor gives the same of every sample, of what is never the same."""
    given = {values_in(name, sample.article) for sample in samples}
    return (
        name not in ("authors", "section") and len(samples) >= FEWEST and len(given) == 1 and () not in given
    )


def values_in(name: FieldName, article: Article) -> tuple[str, ...]:
    """Return a field of an article as it is compared with evidence."""
    if name == "body":
        return tuple(key(block.text) for block in article.blocks)
    if name == "authors":
        return tuple(sorted({*map(key, article.authors)}))
    value = getattr(article, name)
    if not value:
        return ()
    return (value,) if name == "published" else (key(value),)


def values_of(name: FieldName, rule: Rule, sample: Sample) -> tuple[str, ...]:
    """Return what a rule gives on a sample, as it is compared with evidence."""
    rules = Rules(sample.parsed, lang=sample.article.lang)
    if name == "published":
        found = rules.date(rule)
        return (found.iso,) if isinstance(found, DateValue) else ()
    values = tuple(folded for one in rules.every(rule) if (folded := key(one.text)))
    return tuple(sorted(set(values))) if name == "authors" else values


def is_right(name: FieldName, given: tuple[str, ...], truth: Truth) -> bool:
    """Tell whether a rule's values are what the evidence says. A rule for one value finds one, not many."""
    if name == "authors":
        return given == truth.values
    if name == "published":
        return bool(given) and near(given[0], truth.values[0])
    if name == "body":
        return _covers(given, truth.values[0])
    if name == "lead":
        return len(given) == 1 and _is_text(given[0], name, truth.values)
    return len(given) == 1 and given[0] in truth.values
