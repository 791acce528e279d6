"""News agencies by the names that papers print, in their own scripts → one name an agency.

A short name counts only as agencies write it ("AP", "dpa", not "Ap" or "map"), a long one in any case.
"""

from __future__ import annotations

import re
from functools import lru_cache

from archive.text import squash

_NAMES = {
    "AFP": "afp|agence france-presse|agence france presse|afp-services|afp services|afp relaxnews|فرانس برس"
    "|أ ف ب|ا ف ب|أ.ف.ب"
    "|أ. ف. ب|法新社|法新|afpbb news|afp=時事|afp時事|เอเอฟพี|аф п|афп|אי-אף-פי",
    "AP": "ap|associated press|the associated press|美联社|美聯社|ap通信|أسوشيتد برس|ا ب|أ ب|เอพี",
    "Reuters": "reuters|thomson reuters|rtr|reuters.com|ロイター|ロイター通信|路透社|路透|로이터|로이터통신"
    "|رويترز|рейтер|рейтерс|รอยเตอร์"
    "|रॉयटर्स|רויטרס|ρόιτερς",
    "dpa": "dpa|deutsche presse-agentur|deutschen presse-agentur|dpa-infocom|dpa picture-alliance|د ب أ"
    "|德新社|дпа",
    "dpa-AFX": "dpa-afx|afx|dpa-afx-analyser|dpa afx",
    "APA": "apa|austria presse agentur|apa-ots|apaots",
    "EFE": "efe|agencia efe|efe news|埃菲社|إفي", "Europa Press": "europa press|europapress", "ACN": "acn",
    "ANSA": "ansa|agenzia ansa|ansa.it|安莎社",
    "AGI": "agi", "Adnkronos": "adnkronos", "LaPresse": "lapresse",
    "Lusa": "lusa|agência lusa",
    "Agência Brasil": "agência brasil|agencia brasil", "Folhapress": "folhapress",
    "Estadão Conteúdo": "estadão conteúdo", "TASS": "tass|itar-tass|тасс|итар-тасс|塔斯社|タス通信|تاس",
    "RIA Novosti": "ria novosti|риа новости|ria|俄新社", "Interfax": "interfax|интерфакс|interfax.ru",
    "Ukrinform": "ukrinform|укрінформ|укринформ", "UNIAN": "unian|уніан|униан", "BelTA": "belta|белта",
    "Xinhua": "xinhua|xinhua news agency|新华社|新華社|新华|新華|新华网|xinhuanet|شينخوا|ซินหัว|синьхуа"
    "|tân hoa xã|新華社通信",
    "CNS": "中新社|中国新闻社|china news service|中新网", "CNA": "cna|中央社|中央通訊社", "CCTV": "央视新闻",
    "Kyodo": "kyodo|kyodo news|共同|共同社|共同通信|共同通信社|จีจี",
    "Jiji": "jiji|jiji press|時事|時事通信|時事通信社|时事社",
    "Yonhap": "yonhap|yonhap news|연합뉴스|연합|韩联社|韓聯社|聯合ニュース",
    "Newsis": "newsis|뉴시스", "News1": "news1|뉴스1",
    "KCNA": "kcna|조선중앙통신|朝中社",
    "VNA": "vna|vn a|vna/cvn|cvn|ttxvn|avi|vnanet|vietnam news agency|thông tấn xã việt nam"
    "|agence vietnamienne d'information"
    "|agence vietnamienne d’information|越通社|越南通讯社|вна|베트남통신사|สำนักข่าวเวียดนาม",
    "KPL": "kpl",
    "AKP": "akp", "Bernama": "bernama|马新社|馬新社", "Antara": "antara|kantor berita antara", "PNA": "pna",
    "TNA": "tna|สำนักข่าวไทย", "PTI": "pti|press trust of india|पीटीआई|भाषा|pti-bhasha", "ANI": "ani|एएनआई",
    "IANS": "ians|आईएएनएस",
    "UNI": "uni|यूनीवार्ता", "APP": "app|associated press of pakistan", "BSS": "bss|বাসস",
    "UNB": "unb|ইউএনবি",
    "Anadolu": "anadolu|aa|anadolu agency|anadolu ajansı|anadolu ajansi|الأناضول|агентство анадолу",
    "DHA": "dha|demirören haber ajansı",
    "İHA": "iha|i̇ha|ihlas haber ajansı", "IRNA": "irna|ایرنا|إرنا", "ISNA": "isna|ایسنا",
    "Mehr": "خبرگزاری مهر", "Tasnim": "tasnim|تسنیم", "Fars": "خبرگزاری فارس",
    "SPA": "spa|واس",
    "WAM": "wam|وام", "QNA": "qna|قنا", "KUNA": "kuna|كونا", "BNA": "bna|بنا", "Petra": "petra|بترا",
    "WAFA": "wafa|وفا", "SANA": "sana|سانا", "MENA": "mena|أ ش أ|أ.ش.أ", "NNA": "الوكالة الوطنية للإعلام",
    "MAP": "map|و م ع|ومع",
    "APS": "aps|وأج|واج", "TAP": "tap|وات", "SUNA": "suna|سونا", "NAN": "nan", "GNA": "gna",
    "Angop": "angop", "Panapress": "panapress|pana",
    "Keystone-SDA": "sda|keystone-sda|sda-ats|keystone",
    "Keystone-ATS": "ats|keystone-ats", "Belga": "belga", "ANP": "anp",
    "PAP": "pap|polska agencja prasowa",
    "ČTK": "čtk|ctk|česká tisková kancelář", "TASR": "tasr", "SITA": "sita",
    "MTI": "mti|magyar távirati iroda",
    "Agerpres": "agerpres", "Mediafax": "mediafax", "BTA": "bta|бта", "Tanjug": "tanjug|танјуг",
    "Hina": "hina",
    "Fena": "fena", "Beta": "beta", "STA": "sta", "ANA-MPA": "ana-mpa|απε-μπε|απε", "LETA": "leta",
    "ELTA": "elta",
    "BNS": "bns",
    "NTB": "ntb", "TT": "tt|tt nyhetsbyrån|nyhetsbyrån tt", "Ritzau": "ritzau|ritzau/afp", "STT": "stt",
    "PA": "pa|press association|pa media|pa news|pa news agency", "AAP": "aap|australian associated press",
    "The Canadian Press": "canadian press|the canadian press|la presse canadienne|cp",
    "UPI": "upi|united press international",
    "Bloomberg": "bloomberg|bloomberg news|بلومبرغ|ブルームバーグ|彭博社|블룸버그", "CNN": "cnn",
    "Notimex": "notimex",
    "Télam": "télam|telam", "NA": "noticias argentinas", "Prensa Latina": "prensa latina",
    "SID": "sid|sport-informations-dienst",
    "epd": "epd|evangelischer pressedienst", "KNA": "kna|katholische nachrichten-agentur",
    "Kathpress": "kathpress",
    "ots": "ots|news aktuell|presseportal",
    "Teleschau": "teleschau", "spot on news": "spot on news|spotonnews",
}  # fmt: skip
_BY_NAME = {spelling: agency for agency, names in _NAMES.items() for spelling in names.split("|")}
_CAPITALS = frozenset({
    "ap", "aa", "pa", "tt", "map", "app", "tap", "na", "uni", "ria", "ani", "spa", "pana", "cp",
    "beta", "sita", "mena", "sana", "petra", "nan", "hina", "avi", "ats", "aps", "acn", "agi", "sta",
    "fena", "cns", "una", "bna", "tna", "mehr", "apa", "nna", "gna", "iha", "dha", "wam", "sda", "cna",
})  # fmt: skip
"""Short names that are words or names of people too: they count in capitals alone, or in small letters
(`_SMALL`).
"""
_SMALL = frozenset({"apa", "sda", "ats"})
_PARTS = re.compile(
    r"\s*(?:[/,;|&+=＝・、]|\s[-–—]\s|\b(?:mit|avec|with|and|et|und|con|y|e|i|og|och|com|med)\b)\s*"
)
_MAX = 120


def _one(text: str) -> str | None:
    found = _BY_NAME.get(text.lower())
    if found and text.lower() in _CAPITALS and not (text.isupper() or text in _SMALL):
        return None
    return found


@lru_cache(maxsize=4096)
def agency_of(text: str | None) -> str | None:
    """Return the agency whose name a credit, byline or dateline is, or holds as one of its parts; None if
    none.
    """
    if not text or len(text) > _MAX:
        return None
    plain = squash(text).strip(' ()[]（）【】.«»"')
    found = _one(plain)
    if found:
        return found
    return next((agency for part in _PARTS.split(plain) if (agency := _one(part.strip(" .")))), None)
