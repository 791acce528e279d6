"""Credits at the end of captions."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.extract.agencies import agency_of
from archive.text import squash

_LABELS = (
    r"photo(?:graph(?:e|er|ie|s)?|s)?(?:\s?(?:by|credit|crédit|de|par"
    r"|d['’]illustration(?:\s?\.?\s?source)?))?|pictures?(?:\s(?:by|credit))?|image(?:s|\s?credit|\sby"
    r"|\ssource)?"
    r"|fotos?(?:graf(?:ía|ie|ia|o|i|în|)?)?(?:\s?(?:de|di|van|von|av|af|por|credit))?|bild(?:er|quelle"
    r"|nachweis|rechte|agentur|ersteller)?|quelle|fotoğraf|fotograaf|fotka|zdj(?:ęcie|\.)?|fot\.|autor"
    r"|valokuva|kuva|kép|fotó|forrás"
    r"|credits?|crédits?(?:\s?photos?)?|crédito|source|sources|fonte|fuente|kilde|källa|bron|źródło"
    r"|źródła|zdroj|kaynak|nguồn|sumber|copyright|©|\(c\)|courtesy(?:\sof)?|illustration|graphic|grafik"
    r"|infographic|video|vidéo|screenshot|handout|archiv|archives?"
    r"|ảnh(?:\s(?:minh họa|chụp màn hình|tư liệu))?|foto\s?(?:ilustrasi|dok\.?)|dok\.|фото|источник"
    r"|снимка|зображення|图片?(?:来源|來源)?|照片|图源|圖|摄影?|攝影?|来源|來源|写真(?:提供)?|提供|撮影|출처|사진|자료|صورة|تصوير|المصدر"
    r"|عکس|ภาพ|ที่มา|เครดิต|छवि|फोटो|φωτ[οό]\w*|צילום"
)
_LABEL = re.compile(rf"^[\s(（\[|/–—\-]*(?:{_LABELS})\s*[:：.=\-–|/©]?\s*(?=[^\s])", re.IGNORECASE)
_HARD_LABEL = re.compile(
    rf"(?P<cut>[\s(（\[|/–—\-]*(?:(?:{_LABELS})\s*[:：]|©|\(c\)"
    rf"|\bcopyright\b)\s*)(?P<credit>[^:：]{{2,100}}?)[)）\]\s.]*$",
    re.IGNORECASE,
)
_SOFT_LABEL = re.compile(
    r"(?P<cut>[.!?…”\"»)]\s*[(（\[|/–—-]*\s*(?:photo(?:graph)? by|photos? courtesy(?: of)?"
    r"|image courtesy(?: of)?|courtesy(?: of)?|image by|picture by|photo credit|image credit|fot\.|foto"
    r"|bild|photo|image|credit)\s+)(?P<credit>[^\W\d_][^.:]{2,70})[)）\]\s.]*$",
    re.IGNORECASE,
)
_PAREN = re.compile(r"\s*[(（\[](?P<credit>[^()（）\[\]]{2,90})[)）\]]\s*\.?\s*$")
_AGENCY_WORD = (
    r"(?:AFP|AP(?: Photo)?|Reuters|REUTERS|dpa|DPA|EPA(?:-EFE)?|EFE|VNA|TTXVN|TTXVN|VNA/CVN"
    r"|Xinhua|Getty(?: Images)?|ANSA|Keystone|KEYSTONE|Imago|IMAGO|imago|PA(?: Wire| Media)?"
    r"|PAP|ANP|APA|NTB|Scanpix|Ritzau|Lehtikuva|TT|Sipa|SIPA|Abaca|Hans Lucas|MAXPPP"
    r"|Shutterstock|iStock|Unsplash|Pixabay|Pexels|Alamy|Bloomberg|TASS|Anadolu|AA|Yonhap"
    r"|Kyodo|Jiji|CTK|ČTK|picture[ -]alliance|Picture Alliance|WireImage|ZUMA(?: Press)?|UPI"
    r"|NASA|Wikimedia(?: Commons)?|Wikipedia|Facebook|Twitter|Instagram|YouTube|Internet|Rex"
    r"|REX|USA TODAY(?: Sports)?|LaPresse|PTI|Antara|Bernama|Efe|Europa Press|Belga|BELGA)"
)
_HAS_AGENCY = re.compile(rf"(?:^|[\s/,(|©-]){_AGENCY_WORD}(?=$|[\s/,)|.-])")
_TAIL_AGENCY = re.compile(
    rf"(?P<cut>(?<=[.!?…”\"»’'])\s*[(（\["
    rf"|/–—-]*\s*)(?P<credit>(?:[A-ZÀ-Ý][^\s.]*[ ,/]+){{0,5}}(?:{_AGENCY_WORD})(?:\s?[/,"
    rf"|–-]?\s?[A-ZÀ-Ýa-z][\w.’'-]*){{0,5}})[)）\]\s.]*$"
)
_TAIL_PIPE = re.compile(r"(?P<cut>\s+[|/•·]\s+)(?P<credit>[^\W\d_][^|.!?]{2,60})$")


def strip_label(credit: str | None) -> str:
    """Return a credit without its label and outer brackets: "Photo : VNA" → "VNA", "(© AFP)" → "AFP"."""
    text = squash(credit).strip(" |/–—-·•")
    for _ in range(4):
        if len(text) > 1 and text[0] in "(（[" and text[-1] in ")）]":
            text = text[1:-1].strip()
        shorter = _LABEL.sub("", text, count=1).strip(" |/–—-·•:：")
        if shorter == text or not any(char.isalnum() for char in shorter):
            break
        text = shorter
    if text.count("(") < text.count(")"):
        text = text.rstrip(") ")
    if text.count("（") < text.count("）"):
        text = text.rstrip("） ")
    return text.strip(" |/–—-·•") if any(char.isalnum() for char in text) else ""


@lru_cache(maxsize=256)
def split_credit(caption: str, lang: str | None = None) -> tuple[str, str]:  # noqa: ARG001 - one table serves all
    """Part a caption and the credit at its end: "À Hanoï. Photo : VNA" → ("À Hanoï.", "VNA").

    Returns (caption, credit), either may be "". `lang` is taken for languages whose labels will clash; none
    do so far.
    """
    text = squash(caption)
    if not text:
        return "", ""
    for pattern in (_HARD_LABEL, _TAIL_AGENCY, _SOFT_LABEL):
        found = pattern.search(text)
        if not found:
            continue
        cut = found["cut"]
        keep = text[: found.start()] + (cut[0] if pattern is _SOFT_LABEL and cut[0] in '.!?…”"»)' else "")
        return _tidy(keep), strip_label(found["credit"])
    found = _PAREN.search(text)
    if found and (
        _HAS_AGENCY.search(found["credit"]) or _LABEL.match(found["credit"]) or agency_of(found["credit"])
    ):
        return _tidy(text[: found.start()]), strip_label(found["credit"])
    found = _TAIL_PIPE.search(text)
    if found and found.start() > 15:
        return _tidy(text[: found.start()]), strip_label(found["credit"])
    if len(text) < 50 and _HAS_AGENCY.search(text) and text[-1] not in ".!?":
        return "", strip_label(text)
    return text, ""


def _tidy(caption: str) -> str:
    text = caption.rstrip(" (（[|/–—-·•,")
    return text.strip()
