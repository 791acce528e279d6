"""What agencies put around a story: the dateline before its first sentence, the sign-off after its last.

Evidence: VNA in fifteen stories ("Hanoï (VNA) – ", "Hanoï, 12 août (VNA) – ", 越通社河内——; "–VNA", "- VNA",
".- VNA", "-AVI" before about 2013, "./." in en and es, （完） in zh, at the end of the last paragraph, not in
its own), and the house styles of AFP ("PARIS, 12 août (AFP) - "), dpa ("Berlin (dpa/lno) - "), Reuters
("HANOI, Dec 26 (Reuters) - "), AP ("HANOI, Vietnam (AP) — "), EFE ("Madrid, 26 dic (EFE).- "), ANSA ("(ANSA)
- ROMA, 26 DIC - "), TASS ("МОСКВА, 26 декабря. /ТАСС/. "), PTI ("New Delhi, Dec 26 (PTI) "), Xinhua
(新华社北京12月26日电), Yonhap ("(서울=연합뉴스) 홍길동 기자 = "), Kyodo and Jiji ("【北京共同】",
"【ソウル時事】"), Reuters in Japan ("[東京 26日 ロイター] - "). Only a known agency makes a dateline:
"Le président (Renaissance) - " is none.
"""

from __future__ import annotations

import re

from archive.extract.agencies import agency_of
from archive.model import Dateline
from archive.text import squash

_DASH = r"\s*(?:[-–—―]{1,3}|\.\s?[-–—]{1,2}|:|=)\s*"
_DAY = r"(?:[,.،]?\s+(?:[^\W\d_]{2,10}\.?\s+)?\d{1,2}(?:[^()（）\n:;!?–—/-]{0,22}?))"
"""The day between place and agency: ", 12 août", ", Dec 26", ", 26 ธ.ค.", " 26 ديسمبر"."""
_PLACE = (
    r"[^\W\d_][^()（）\n\d:;.!?–—,،]{1,40}?(?:[,،/]\s?[^\W\d_][^()（）\n\d:;.!?–—,]{1,25}?){0,2}?"
    r"(?:\s?\([^()]{2,25}\))?"
)
_AGENCY = r"[(（/](?P<agency>[^()（）\n]{2,40}?)[)）/]"
_LATIN = re.compile(
    rf"^(?P<raw>(?P<place>{_PLACE}){_DAY}?[.,]?\s*{_AGENCY}(?:\.(?=\s[^-–—])|{_DASH}))\s*(?=\S)"
)
_UNDASHED = re.compile(rf"^(?P<raw>(?P<place>{_PLACE}){_DAY}\s*{_AGENCY})\s+(?=\S)")
_BARE = re.compile(
    rf"^(?P<raw>[(（](?P<agency>[^()（）]{{2,40}})[)）]{_DASH}"
    rf"(?:(?P<place>[^\W\d_][^\W\d_ .'’]{{1,30}})(?:,?\s*\d{{1,2}}\s[^\W\d_]{{3,5}}\.?)?\s[-–—]\s)?)(?=\S)"
)
_DASHED = re.compile(
    rf"^(?P<raw>(?P<place>{_PLACE}){_DAY}?\s*[-–—/,]\s*(?P<agency>[^\s\d()（）:–—-][^\d()（）:–—\n-]{{1,30}}?)(?:\s*[-–—]\s+|\.\s+))(?=\S)"
)
_CHINESE = re.compile(
    r"^(?P<raw>[（(【]?(?P<agency>新华社|新華社|越通社|中新社|中新网|中央社|共同社|法新社|路透社|韩联社"
    r"|塔斯社|美联社)(?P<place>[^\s\d——-]{0,12}?)"
    r"(?:\d{1,2}月\d{1,2}日|\d{1,2}日)?(?:综合)?(?:电|電|讯|訊)?[）)】]?\s*(?:[-–—―]{1,3}|　|\s"
    r"|(?<=[电電讯訊】）])))"
)
_JAPANESE = re.compile(
    r"^(?P<raw>[【\[［](?P<place>[^\s】\]］=＝\d]{1,14}?)\s*(?:\d{1,2}日)?\s*[=＝]?\s*"
    r"(?P<agency>共同|時事|AFP時事|AFP=時事|ロイター|AFP|新華社|聯合ニュース)[】\]］]\s*(?:[-–—―]\s*)?)"
)
_KOREAN = re.compile(
    r"^(?P<raw>[(\[【](?P<place>[가-힣·]{2,12})\s*=\s*(?P<agency>연합뉴스|뉴스1|뉴시스)[)\]】]\s*"
    r"(?:[가-힣·\s]{2,24}(?:기자|특파원)\s*=\s*)?(?:=\s*)?)"
)
_END_MARK = re.compile(
    r"(?P<raw>\s*(?:(?:\.(?=[-–—/]))?\s?[-–—/]\s?(?:VN ?A|VNA/CVN|CVN|AVI|TTXVN)(?:\s*[/.]\s*)?"
    r"|\./\.?|[（(]\s*(?:完|End|终|終|了|끝|FIN|Fin|Ende|انتهى)\s*[）)]|■|◆|●|###|-30-|\(끝\)))\s*$"
)
_END_AGENCY = re.compile(
    r"(?P<raw>(?:\s*[（(\[](?P<a>[^()（）\[\]]{2,40})[)）\]]"
    r"|\s*[-–—/]{1,2}\s?(?P<b>[^\s\d()/–—-][^\d()\n/–—]{1,24})/?"
    r"|(?<=[.!?…”\"»।。])\s+(?P<c>[A-ZÄÖÜČÁÉ][\w./ -]{1,18}))\s*\.?)\s*$"
)
_HEAD, _TAIL = 160, 64


def dateline(text: str | None) -> Dateline | None:
    """Return the dateline that opens a story's first paragraph; None if there is none."""
    if not text:
        return None
    head = text[:_HEAD]
    for pattern in (_CHINESE, _JAPANESE, _KOREAN, _LATIN, _BARE, _UNDASHED, _DASHED):
        found = pattern.match(head)
        agency = agency_of(found["agency"]) if found else None
        if found and agency:
            place = squash(found["place"]).strip(" ,.،-–—/")
            if pattern is _UNDASHED and any(word[0].islower() for word in place.split()):
                continue  # a sentence with a day and a source in it
            return Dateline(raw=found["raw"].strip(), place=place or None, agency=agency)
    return None


def sign_off(text: str | None) -> str | None:
    """Return the sign-off that ends a story's last paragraph ("–VNA", "./.", "（完）", "(AFP)"), or None."""
    tail = (text or "")[-_TAIL:]
    found = _END_MARK.search(tail)
    if found is None:
        found = _END_AGENCY.search(tail)
        if found is None or agency_of(found["a"] or found["b"] or found["c"]) is None:
            return None
    return squash(found["raw"]) or None


def agency_in_sign_off(off: str | None) -> str | None:
    """Return the agency that signs: "–VNA" → VNA; None for "./." and its like."""
    return agency_of(off.strip(" -–—./()（）[]")) if off else None
