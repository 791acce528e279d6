"""What agencies put around a story: dateline and sign-off.

Evidence: VNA in fifteen stories ("Hanoï (VNA) – ", "Hanoï, 12 août (VNA) – ", 越通社河内——; "–VNA", "- VNA",
".- VNA", "-AVI" before about 2013, "./." in en and es, （完） in zh, at the end of the last paragraph, not
in its own), and the house styles of AFP ("PARIS, 12 août (AFP) - "), dpa ("Berlin (dpa) - "), Reuters
("HANOI, Dec 26 (Reuters) - "), AP ("HANOI, Vietnam (AP) — "), Xinhua (新华社北京12月26日电).
"""

from __future__ import annotations

import re

from archive.model import Dateline
from archive.text import squash

_AGENCY_NAMES = {
    "vna": "VNA", "vna/cvn": "VNA", "ttxvn": "VNA", "avi": "VNA", "vnanet": "VNA", "afp": "AFP",
    "agence france-presse": "AFP", "reuters": "Reuters", "ap": "AP", "associated press": "AP",
    "the associated press": "AP", "dpa": "dpa", "efe": "EFE", "agencia efe": "EFE", "xinhua": "Xinhua",
    "新华社": "Xinhua", "新華社": "Xinhua", "越通社": "VNA", "ansa": "ANSA", "lusa": "Lusa", "tass": "TASS",
    "тасс": "TASS", "ria novosti": "RIA Novosti", "риа новости": "RIA Novosti", "apa": "APA",
    "sda": "Keystone-SDA", "keystone-sda": "Keystone-SDA", "ats": "Keystone-ATS",
    "keystone-ats": "Keystone-ATS", "belga": "Belga", "pap": "PAP", "ntb": "NTB", "tt": "TT",
    "ritzau": "Ritzau", "stt": "STT", "anp": "ANP", "čtk": "ČTK", "ctk": "ČTK", "mti": "MTI", "pti": "PTI",
    "ani": "ANI", "ians": "IANS", "upi": "UPI", "yonhap": "Yonhap", "연합뉴스": "Yonhap", "kyodo": "Kyodo",
    "共同": "Kyodo", "時事": "Jiji", "jiji": "Jiji", "bernama": "Bernama", "antara": "Antara", "cna": "CNA",
    "中央社": "CNA", "中新社": "CNS", "europa press": "Europa Press", "notimex": "Notimex",
    "télam": "Télam", "telam": "Télam", "ukrinform": "Ukrinform", "interfax": "Interfax",
    "интерфакс": "Interfax", "anadolu": "Anadolu", "aa": "Anadolu", "epd": "epd", "kna": "KNA",
    "afx": "dpa-AFX", "dpa-afx": "dpa-AFX", "ots": "ots", "map": "MAP", "aps": "APS", "tap": "TAP",
    "agência brasil": "Agência Brasil", "pa": "PA", "press association": "PA", "pa media": "PA",
    "aap": "AAP", "canadian press": "The Canadian Press", "the canadian press": "The Canadian Press",
    "la presse canadienne": "The Canadian Press", "sid": "SID", "adnkronos": "Adnkronos", "agi": "AGI",
    "وام": "WAM", "أ ف ب": "AFP", "رويترز": "Reuters", "د ب أ": "dpa", "قنا": "QNA",
    "bloomberg": "Bloomberg", "kyodo news": "Kyodo", "afp-services": "AFP", "cnn": "CNN",
}  # fmt: skip
"""As written, in lower case → one name an agency."""
_DASH = r"\s*(?:[-–—―]{1,2}|\.\s?[-–—]|:)\s*"
_MONTHS = r"[^\W\d_]{3,10}\.?"
_DAY = (
    rf"(?:,\s*(?:(?:le|el|am)\s+)?(?:\d{{1,2}}(?:er|º|\.)?\s+(?:de\s+)?{_MONTHS}"
    rf"|{_MONTHS}\s+\d{{1,2}})(?:\s+(?:de\s+)?\d{{4}})?)?"
)
_PLACE = r"[^\W\d_][^()（）\n:;.!?–—]{1,60}?(?:\s?\([^()]{2,25}\))?"
_DATELINE = re.compile(
    rf"^(?P<raw>(?P<place>{_PLACE}){_DAY}\s*[(（](?P<agency>[^()（）]{{2,40}})[)）]{_DASH})(?=\S)"
)
_DATELINE_BARE = re.compile(rf"^(?P<raw>[(（](?P<agency>[^()（）]{{2,40}})[)）]{_DASH})(?=\S)")
_DATELINE_CJK = re.compile(
    r"^(?P<raw>[（(【]?(?P<agency>新华社|新華社|越通社|中新社|中央社|共同社|法新社|路透社)(?P<place>[^\s\d——-]{0,12}?)"
    r"(?:\d{1,2}月\d{1,2}日)?(?:电|電|讯|訊)?[）)】]?\s*(?:[-–—―]{1,3}|　|\s|(?<=[电電讯訊】）])))"
)
_CJK_AGENCY = {"共同社": "Kyodo", "法新社": "AFP", "路透社": "Reuters"}
_SIGN_OFF = re.compile(
    r"(?P<raw>\s*(?:(?:\.(?=[-–—/]))?\s?[-–—/]\s?(?:VN ?A|VNA/CVN|CVN|AVI|TTXVN|VNA)(?:\s*[/.]\s*)?"
    r"|\./\.?|[（(]\s*(?:完|End|终|終|FIN|AFP|dpa|Reuters|VNA|TTXVN|EFE|ANSA|Xinhua)\s*[）)]"
    r"|(?:/|-)\s?(?:Xinhua|Bernama|BERNAMA|ANI|TASS)|■|◆|###|-30-))\s*$"
)


def agency_of(text: str | None) -> str | None:
    """Return the agency whose name a credit, byline or dateline is, or holds as one of its parts; None if
    none.
    """
    if not text:
        return None
    plain = squash(text).strip(" ()[]（）.")
    found = _AGENCY_NAMES.get(plain.lower())
    if found:
        return found
    for part in re.split(r"\s*(?:[/,;|&+]|\bmit\b|\bavec\b|\bwith\b|\band\b|\bet\b|\bund\b)\s*", plain):
        found = _AGENCY_NAMES.get(part.lower())
        if found and (len(part) > 2 or part.isupper() or not part.isascii()):
            return found
    return None


def dateline(text: str | None) -> Dateline | None:
    """Return the dateline that opens a story's first paragraph; None if there is none."""
    if not text:
        return None
    head = text[:160]
    found = _DATELINE_CJK.match(head)
    if found:
        raw = found["raw"].rstrip()
        agency = _AGENCY_NAMES.get(found["agency"]) or _CJK_AGENCY.get(found["agency"])
        return Dateline(raw=raw, place=found["place"] or None, agency=agency)
    found = _DATELINE.match(head) or _DATELINE_BARE.match(head)
    if not found:
        return None
    agency = agency_of(found["agency"])
    if agency is None:
        return None
    place = found.groupdict().get("place")
    return Dateline(raw=found["raw"].strip(), place=squash(place).strip(" ,") or None, agency=agency)


def sign_off(text: str | None) -> str | None:
    """Return the sign-off that ends a story's last paragraph ("–VNA", "./.", "（完）"); None if none."""
    found = _SIGN_OFF.search((text or "")[-40:])
    return squash(found["raw"]) if found else None
