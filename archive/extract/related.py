"""Related links: boxes of links to other articles of the paper, by heading words and by structure.

Evidence (55 pages, 170 links): 25 pages have boxes under a usual heading, 6 more without one;
most-read, latest and editors' picks are not related. A box is a small element, outside the flow of
paragraphs, with two or more same-site links whose texts are as long as headlines; its heading, or its
class, says "related".
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

import attrs
from lxml import etree

from archive.extract.credits import split_credit
from archive.extract.found import Found, key
from archive.extract.page import ParsedPage, plain
from archive.extract.photos import alt_as_caption
from archive.extract.sheet import Sheet
from archive.extract.words import word_test
from archive.model import RelatedLink
from archive.text import squash, text_of, weight
from archive.urls import absolute, canonical, same_site

HEADING = re.compile(
    r"^\W*(?:mehr zum thema|mehr zu|zum thema|(?:das )?könnte (?:sie|dich|euch) auch|auch interessant"
    r"|lesen sie (?:auch|mehr|dazu)|verwandte|passend d?azu|lesetipp|weitere (?:artikel|beiträge|infos"
    r"|themen) zu|ähnliche|dazu passend|hintergrund|mehr dazu|mehr für sie"
    r"|related|read (?:more|next|also)|you (?:may|might)|also read|see also|more on (?:this|th[ei]s)"
    r"|more about|further reading|learn more|dig deeper|recommended|explore more|more:|more coverage"
    r"|in case you missed|similar|up next|what to read next|more stories like|keep reading|more like this"
    r"|voir plus|voir aussi|(?:à|a) lire (?:aussi|également|sur le)|lire aussi|lire également"
    r"|sur le même|dans le même|articles? (?:liés|similaires|connexes|associés)|pour aller plus loin"
    r"|en lien|aller plus loin|à voir aussi|contenus? associés"
    r"|más información|(?:te|le) puede(?:n)? interesar|lee también|lea también|lea además"
    r"|noticias? relacionad|contenidos? relacionad|artículos? relacionad|relacionad|temas? relacionad"
    r"|también te|archivado en relación|otras noticias|ver también|vea también"
    r"|leia (?:também|mais)|veja também|saiba mais|notícias relacionadas|conteúdo relacionado"
    r"|leggi anche|articoli correlati|approfondiment|correlati|potrebbe interessarti|per approfondire"
    r"|czytaj (?:więcej|także|też)|zobacz (?:także|też|również)|przeczytaj (?:także|też|również)"
    r"|powiązane|polecamy|související|čtěte také|mohlo by vás|přečtěte|súvisiace|kapcsolódó|citește și"
    r"|vezi și"
    r"|lees (?:ook|meer|verder)|gerelateerd|läs (?:också|även|mer|vidare)|les (?:også|mer)|læs (?:også"
    r"|mere)|lue (?:myös|lisää)|relaterad|mer om|tengdar|tengt efni|lesa meira"
    r"|benzer haberler|ilgili haber|ayrıca|читайте (?:также|ещё|еще)|по теме|материалы по теме"
    r"|смотрите также|читати також|σχετικά|διαβάστε επίσης"
    r"|関連|あわせて読|合わせて読|こちらも|相关|相關|延伸阅读|延伸閱讀|推荐阅读"
    r"|관련|함께 보면|(?:tin|bài) (?:liên quan|viết liên quan)"
    r"|liên quan|xem thêm|đọc thêm|cùng chủ đề|baca juga|berita terkait|artikel terkait|lihat juga"
    r"|simak juga"
    r"|اقرأ أيضا|اقرأ أيضًا|مواضيع ذات صلة|ذات صلة|مقالات ذات|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง"
    r"|เรื่องที่เกี่ยวข้อง|संबंधित|यह भी पढ़ें|ये भी पढ़ें|আরও পড়ুন|সম্পর্কিত|funda olunye|soma (?:pia"
    r"|zaidi))",
)
_OTHER = re.compile(
    r"^\W*(?:most|meistgelesen|beliebt|popular|trending|latest|neueste|aktuell|top|les plus|plus lus"
    r"|à la une|en continu|lo más|más (?:leíd|vist)|mais lidas|più letti|najczęściej|najnowsze|editor"
    r"|newsletter|comment|kommentar|tin mới|đọc nhiều|tin đọc"
    r"|热门|人気|ランキング|ranking|랭킹|인기|çok okunan"
    r"|son dakika|anzeige|sponsor|promot|tags?\b|themen\b|topics\b|video|podcast|live)",
)
_names_related = word_test(
    r"related|relacionad|verwandt|similar|readmore|read-?also|more-?on|see-?also|seealso|zumthema"
    r"|lire-?aussi|correlat|recommend|recirc|further|connexe|associ[ae]|voir-?plus|detail-latest"
    r"|article-?links|teaser-?list|next-?articles",
)
_NO_ARTICLE = re.compile(
    r"/(?:autor|autoren|author|authors|auteur|auteurs|autore|profile?|people|person|staff|reporter|thema"
    r"|themen|topics?|temas?|tags?|tag|category|categor(?:ie|y|ia)s?|login|signin|signup|register"
    r"|newsletters?|abo|subscribe|subscription|account|search|suche|recherche|kontakt|contact|impressum"
    r"|about|privacy|hilfe|help|rss|feed|abonnements?|suscripci[oó]n(?:es)?|subscriptions?|subscriptions"
    r"|video-?cent(?:er|re)|hemeroteca|offers?|angebote?|shop|jobs|redirect|share|print|comments?"
    r"|schlagwort|stichwort|dossiers?|archiv)(?:/|$)",
    re.IGNORECASE,
)
_SLUG = re.compile(r"(?:[-_][^/_-]+){2}[^/]*/?$|\d{4,}|/20\d\d/")
"""A path as articles have it: words of a headline, a number, a day."""
_names_title = word_test(r"(?:title|headline|hed)(?:$|[^a-z])")
_names_no_title = word_test(r"kicker|sub|over|dach")
_names_kicker = word_test(
    r"kicker|eyebrow|dachzeile|overline|topline|rubric|surtitre|badge|label|time|date|author|byline|category"
    r"|premium",
)
_find_links = etree.XPath(".//a[@href]")
_MIN_TITLE = 18
_MAX_BOX = 30
_MAX_LINKS = 200
_MAX_BOXES = 100


def _links(sheet: Sheet, parsed: ParsedPage, node: int) -> list[tuple[str, etree._Element, str]]:
    """Return (url, element, text) of the links in an element that may lead to articles."""
    out = []
    for link in _find_links(sheet.elements[node]):
        url = _article_url(parsed.base_url, link.get("href"), parsed.page.url)
        if url is not None:
            out.append((url, link, text_of(link)))
    return out


@lru_cache(maxsize=4096)
def _article_url(base: str, href: str | None, page: str) -> str | None:
    """Return where a link leads if that may be another article of the site. Kept: boxes nest, so a link is
    seen again.
    """
    url = absolute(base, href)
    if url is None or not same_site(url, page):
        return None
    path = urlsplit(url).path
    if (
        len(path) < 12
        or not _SLUG.search(path)
        or _NO_ARTICLE.search(path)
        or canonical(url) == canonical(page)
    ):
        return None
    return url


def _headline(link: etree._Element, text: str) -> str:
    """Return the headline inside a link: its heading, its title element, else its text."""
    for child in link.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        found = _without_kicker(child)
        if len(found) > 8:
            return found
    for child in link.iterdescendants():
        words = (child.get("class") or "") if isinstance(child.tag, str) else ""
        if _names_title(words) and not _names_no_title(words):
            found = _without_kicker(child)
            if len(found) > 8:
                return found
    if len(text) > 8:
        return _without_kicker(link)
    return plain(link.get("title") or link.get("aria-label") or "")


def _without_kicker(element: etree._Element) -> str:
    whole = text_of(element)
    bare = text_of(element, skip=lambda e: _names_kicker(e.get("class") or ""))
    return bare if len(bare) >= 8 else whole


def related(parsed: ParsedPage, sheet: Sheet, headline: int, region: int) -> Found[tuple[RelatedLink, ...]]:
    """Return the related links of the page in order, each URL once."""
    rule = ""
    out: dict[str, RelatedLink] = {}
    boxes = _boxes(parsed, sheet, headline, region)
    for box in sorted(boxes):
        heading, box_rule = boxes[box]
        for item in _items(parsed, sheet, box, heading):
            mark = canonical(item.url)
            if mark not in out and len(out) < _MAX_LINKS:
                rule = rule or box_rule
                out[mark] = item
    return Found(tuple(attrs.evolve(item, position=n) for n, item in enumerate(out.values(), 1)), rule)


def _boxes(parsed: ParsedPage, sheet: Sheet, headline: int, region: int) -> dict[int, tuple[str | None, str]]:
    """Return the boxes of related links: index → (heading, rule)."""
    boxes: dict[int, tuple[str | None, str]] = {}
    for unit in sheet.units:
        if len(boxes) >= _MAX_BOXES:
            return boxes
        if (
            4 <= len(unit.text) <= 70
            and HEADING.match(unit.text.lower())
            and not _page_chrome(sheet, unit.node)
        ):
            box = _box_of(sheet, parsed, unit.node, headline, region)
            if box is not None:
                boxes.setdefault(box, (unit.text, "generic:heading"))
    for node, words in enumerate(sheet.words):
        if len(boxes) >= _MAX_BOXES:
            break
        if len(words) < 6 or node < headline or sheet.end[node] - node < 3 or not _names_related(words):
            continue
        if any(sheet.inside(node, box) or sheet.inside(box, node) for box in boxes):
            continue
        if sheet.good[node] > 1500 or _page_chrome(sheet, node):
            continue
        heading = _own_heading(sheet, node)
        links = {url for url, _, text in _links(sheet, parsed, node) if len(text) >= _MIN_TITLE}
        if 1 <= len(links) <= 16 and not (heading and _OTHER.match(heading.lower())):
            boxes[node] = (heading, "generic:class:related")
    return boxes


def _page_chrome(sheet: Sheet, node: int) -> bool:
    return any(
        sheet.role[n] in {"nav", "footer", "form", "consent", "comment"} for n in sheet.ancestors(node)
    )


def _is_text(sheet: Sheet, node: int, links: int) -> bool:
    """Say whether an element is running text with links rather than a box: more text than teasers have."""
    return sheet.good[node] > 800 and sheet.good[node] > 500 * links


def _own_heading(sheet: Sheet, node: int) -> str | None:
    for unit in sheet.units[sheet.unit_start[node] : sheet.unit_end[node]][:2]:
        if len(unit.text) < 60 and (unit.tag in {"h2", "h3", "h4", "h5", "h6"} or unit.linked == 0):
            return unit.text
    return None


def _box_of(sheet: Sheet, parsed: ParsedPage, node: int, headline: int, region: int) -> int | None:
    """Return the smallest element around a heading that holds links to articles, and no running text of
    weight.
    """
    above = node
    for _ in range(5):
        if above < 0 or sheet.tag[above] in {"body", "html", "main"}:
            return None
        if above != node and (sheet.inside(headline, above) or sheet.inside(region, above)):
            return None  # the heading stands in the text: what is around it is the article
        links = [url for url, _, text in _links(sheet, parsed, above) if len(text) >= _MIN_TITLE]
        if links:
            return None if len(set(links)) > _MAX_BOX or _is_text(sheet, above, len(set(links))) else above
        above = sheet.parent[above]
    return None


def _items(parsed: ParsedPage, sheet: Sheet, box: int, heading: str | None) -> list[RelatedLink]:
    by_url: dict[str, list[tuple[etree._Element, str]]] = {}
    spelling: dict[str, str] = {}
    for found, link, text in _links(sheet, parsed, box):
        url = spelling.setdefault(
            canonical(found), found
        )  # picture and headline often differ by a tracking parameter
        by_url.setdefault(url, []).append((link, text))
    if heading and len(heading) > 8:
        heading_only = {url for url, links in by_url.items() if all(key(t) == key(heading) for _, t in links)}
        for url in heading_only:
            del by_url[url]
    out = []
    for url, links in by_url.items():
        titled = [(_headline(link, text), link) for link, text in links]
        title, link = max(
            titled,
            key=lambda pair: (
                len(pair[0]) >= _MIN_TITLE,
                -len(pair[0]) if len(pair[0]) >= _MIN_TITLE else len(pair[0]),
            ),
        )
        if heading and title.startswith(heading) and len(title) - len(heading) > _MIN_TITLE:
            title = title[len(heading) :].lstrip(" :–-")
        if weight(title) < _MIN_TITLE or len(title) > 250 or HEADING.fullmatch(title.lower()):
            continue
        card = _card(parsed, link, url, alone=len(by_url) == 1)
        teaser, caption, credit = _card_texts(card, title, [text for _, text in links])
        out.append(
            RelatedLink(
                url=url, title=title, teaser=teaser, photo_caption=caption, photo_credit=credit, box=heading
            )
        )
    return out


def _card(parsed: ParsedPage, link: etree._Element, url: str, *, alone: bool) -> etree._Element:
    """Return the element around a link that holds this story alone."""
    card = link
    mine = canonical(url)
    for above in link.iterancestors():
        if above.tag in {"body", "html", "main"}:
            break
        others = (absolute(parsed.base_url, a.get("href")) for a in _find_links(above))
        if any(other is not None and canonical(other) != mine for other in others):
            break
        card = above
        if alone and above.tag in {"article", "li"}:
            break
    return card


def _card_texts(
    card: etree._Element, title: str, seen: list[str]
) -> tuple[str | None, str | None, str | None]:
    """Return (teaser, photo caption, photo credit) of a card; an alt that repeats the title is no caption."""
    caption: str | None = None
    credit: str | None = None
    for image in card.iter("img", "amp-img"):
        alt = alt_as_caption(plain(image.get("alt") or ""), title)
        if alt:
            text, name = split_credit(alt)
            caption, credit = text or None, name or None
            break
    for element in card.iter("p", "div", "span"):
        if len(element) and any(
            isinstance(child.tag, str) and child.tag in {"p", "div", "h2", "h3", "h4", "a"}
            for child in element
        ):
            continue
        text = squash(text_of(element))
        if (
            weight(text) >= 40
            and key(text) != key(title)
            and key(title) not in key(text)
            and text not in seen
            and text != caption
        ):
            return text, caption, credit
    return None, caption, credit
