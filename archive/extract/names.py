"""Names of persons out of what stands in an author's place: "Von Anna Müller (dpa), Berlin" → Anna Müller.

A name is a run of words that begin with a capital, with particles between them ("Chus del Pino", "Alejandro
de la Garza"); the first word that is neither ends it ("Lars Fischer ist Chemiker"), and so does the word of
a role ("Steffan Rhys Deputy Content Director"). Scripts without capitals give a short run of letters. Words
of desks, roles and papers are asked whole or by their beginning, never inside a word: "Newson", "April" and
"Reader" are names. Evidence: of 470 names on 260 pages, 99 % have two to five words, and a third of all
strings in an author's place hold something besides names.
"""

from __future__ import annotations

import re
from functools import lru_cache

from archive.extract.agencies import agency_of
from archive.extract.found import key
from archive.text import squash

_LABEL = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|reporting|story|words|article|review(?:ed)?|interview"
    r"|analysis|opinion|commentary|column|text(?:e)?|ein|eine|kommentar|gastbeitrag|gastkommentar|kolumne"
    r"|analyse|reportage|essay|glosse|rezension|protokoll|aufgezeichnet|porträt|geschrieben|verfasst"
    r"|veröffentlicht|erstellt|publicado|escrito|publié|rédigé|écrit|propos recueillis|recueillis?|scritto"
    r"|pubblicato|geschreven|skrevet|skriven|skriver|diterbitkan|ditulis|đăng|viết|phóng viên|pv"
    r"|ctv)[.:]?\s+)*"
    r"(?:by|par|von|vom|por|di|da|door|av|af|od|przez|autor(?:in|en|es|a|ka|zy|ka)?|autore|autrice"
    r"|auteure?s?|author|authors|text|texte|testo|tekst|texto|tekijä|yazar|yazan|haber|oleh|penulis"
    r"|reporter|tác giả|phóng viên|nhóm pv|pv|ctv|người viết|автор|текст|фото и текст|об авторе|كتبت?"
    r"|كتب[:：]|بقلم|الكاتب|تحرير|نویسنده|โดย|ผู้เขียน|เรื่อง|लेखक|über|about(?: the authors?)?|à propos de"
    r"|sobre)(?:[:：]\s*|(?<=\w)\s+[-–:：]?\s*)",
    re.IGNORECASE,
)  # fmt: skip
_LABEL_CJK = re.compile(
    r"^\W*(?:(?:[\u4e00-\u9fff]{1,6}[社報报网網台刊闻聞]|特约|特約|首席|见习|驻外|通讯员|實習|实习|综合)*(?:记者|記者|通讯员)\s*[:：/／"
    r"|丨｜]?|(?:作者|撰文|撰稿|采写|文字|文|글|작성자|기자명|取材・文|取材|執筆|著者)\s*[:：/／|丨｜・=]"
    r"|(?:作者|撰文)\s)\s*"
)
_TAIL_CJK = re.compile(
    r"\s*(?:(?:本報|本报|特派|通訊)?(?:记者|記者|報導|报道|撰文|撰稿)|(?:선임|인턴|특파|수습)?\s?기자|특파원"
    r"|논설위원|記す)\s*\W*$"
)
_TRANSLATED = re.compile(
    r"^\W*(?:übersetz|translat|traduit|traduction|traducid|traducción|traduzid|tradução|tradott|traduzione"
    r"|vertaal|vertaling|översätt|oversat|oversatt|tłumacz|перев[её]|переклад|çevir|diterjemah|biên dịch|dịch"
    r"|翻译|翻譯|編訳|訳|번역|ترجم|แปล)",
    re.IGNORECASE,
)
_HAN_NAMES = re.compile(r"[\u4e00-\u9fff]{2,4}(?: [\u4e00-\u9fff]{2,4})+")
"""Several Chinese names, parted by spaces."""
_FAMILIES = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂"
    "苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万"
    "萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞樊兰殷施陶洪翟安颜顏倪严嚴牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢骆岳齐"
    "梅庄莊辛管祝左涂谷祁时舒耿牟卜路詹关關苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵"
    "解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦"
    "迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙伏"
)
"""Chinese families, those of nearly all people."""
_REPORTER = re.compile(r"^\W*(?:本报|本報|特约|特約|見習|见习|实习|實習)?(?:记者|記者|通讯员)")
_REPORTED = re.compile(r"(?:報導|报道|报导|電|电)\W*$")
_PLACE = re.compile(r"^(\W*[\u4e00-\u9fff]{3})[\u4e00-\u9fff]{2,4}(?:報導|报道|报导)\W*$")
"""A name and where it reports from, written as one word."""
_PHOTO = re.compile(
    r"(?:^|[\s,;|/(·•])(?:fotos?|photos?|bild(?:er)?|photograph(?:y|s|er)?|pictures?|images?"
    r"|illustration(?:en|s)?|video|grafik|ảnh|фото|图|圖|摄影|攝影|摄|攝|사진|写真|撮影)(?:\s*[:：/／]|\s+(?:by|von"
    r"|par|por|de)\s).*$",
    re.IGNORECASE | re.DOTALL,
)
_ORIGIN = re.compile(
    r"(?:^|[\s|/·•(])(?:quelle|source|fuente|fonte|kilde|källa|bron|źródło|zdroj|kaynak|sumber|nguồn|来源|來源|출처"
    r"|источник|المصدر|ที่มา)\s*[:：][^|·•\n]*",
    re.IGNORECASE,
)
"""Where a text came from: an agency, a company, another paper."""
_PICTURED = re.compile(
    r"(?:[^\W\d_a-zà-ÿ][\w.'’-]*\s+){1,4}\((?i:fotos?|bild(?:er)?|photos?|photograph(?:y|s|er|e)?|pictures?|video"
    r"|kamera|grafik|illustration(?:en|s)?|imágenes|fotografías?|immagini|beeld|foto['’]s|фото|видео)\)"
)
"""Who took the pictures, named beside who wrote: "Ann Lee (text), Bo Chan (photos)"."""
_COMPANY = re.compile(
    r"[^,;|]*(?<!\w)(?:g?mbh|& ?co\.?|llc|ltd\.?|sarl)(?!\w)[^,;|]*",
    re.IGNORECASE,
)
"""A publisher by its legal form: no name, though it may join seeming names ("Verlag und Druck GmbH")."""
_MAIL = re.compile(r"\S+@\S+|\bhttps?://\S+|@\w+")
_ASIDE = re.compile(r"\([^)]*\)|（[^）]*）|\[[^\]]*\]|<[^>]*>")
_CONJUNCTION = (
    r"(?:and|und|et|y|e|i|en|og|och|ve|và|dan|и|та|a|ja|with|mit|avec|con|met|med|im gespräch mit|&|\+|และ"
    r"|및|والسيدة)"
)
_JOINED = re.compile(rf"\s{_CONJUNCTION}\s", re.IGNORECASE)
_SPLIT = re.compile(
    rf"\s*(?:[,;|｜丨/／•·、，；\n]|\s{_CONJUNCTION}(?=\s)|\s(?:by|for|in|at)(?=\s)|\s[-–—]+(?=\s)|:\s)\s*",
    re.IGNORECASE,
)
_PARTICLES = frozenset({
    "de", "del", "della", "dell", "degli", "dei", "di", "da", "dos", "das", "do", "du", "des", "d",
    "la", "le", "les", "l", "lo", "los", "las", "el", "al", "von", "vom", "zu", "zum", "zur", "der",
    "den", "dem", "ter", "ten", "te", "tot", "van", "vander", "'t", "op", "y", "bin", "bint", "ibn",
    "ben", "abu", "ould", "af", "av", "st", "san", "santa", "mac", "mc", "e", "i", "of",
})  # fmt: skip
_ARTICLES = frozenset({"der", "den", "dem", "des", "la", "las", "los", "el", "le", "les"})
_BEFORE_ARTICLE = frozenset({"von", "van", "zu", "auf", "aus", "in", "an", "de", "di", "vom"})
_ROLE = re.compile(
    r"(?:redakt|redacc|rédac|redac|redaz|редак|σύνταξ|συντακ|δημοσιογρ|dziennikar|szerkeszt|toimittaj|editör"
    r"|korrespond|correspond|corrispond|коррес|journali|periodist"
    r"|giornalist|журналист|gazeteci|muhabir|wartawan|reporter|reportér|репорт|editor|éditor|kolumnist"
    r"|columnist|cronist|kommentator|kritiker|critic$|autorin$|autor$|auteur$|author|writer$|producer"
    r"|director|direktor|directeur|presiden|präsident|minister|manager|chef$|chefred|ressort|leiter$"
    r"|leiterin$|leitend|leitung|verantwort|volont|praktikant|stagiaire|freelanc|freier$|freie$|mitarbeit"
    r"|contribut|collabor|colabor|staff$|staffer|desk$|team$|senior|deputy|chief$|head$|lead$|assistant"
    r"|associate|enviad|envoyé|special|spécial|sonderbericht|photograph|fotograf|fotógraf|presenter"
    r"|moderator|host$|analyst|strategist|expert$|professor|universit|institut|doctor(?:al|and)|student$"
    r"|fellow$|publisher|verlag|herausgeber|agentur|agenc|agence|nachrichten|news$|newsroom|newswire"
    r"|newsdesk|newsletter|presse$|press$|pressemit|pressest|media$|medien|magazin|journal$|zeitung$"
    r"|zeitschrift|newspaper|online|digital$|zentrale|communit|admin$|administrator|webmaster|gast$"
    r"|gastautor|guest$|user$|unknown|anonym|nutzer|leser$|services?$|wires?$|reports?$|politics$|sports?$"
    r"|business$|health$|wirtschaft$|politik$|kultur$|panorama$|lokales$|home$|kontakt|contact$|alle$|all$"
    r"|mehr$|weitere$|view$|follow|folgen$|share$|teilen|comment|kommentar$|abonn|subscri|published|updated"
    r"|posted|artikel$|article|beiträge?|profile?$|bio$|biograph|minutes?$|uhr$|gmt$|a\.?m\.?$|p\.?m\.?$"
    r"|watch$|live$|breaking$|copyright|©|rights|reserved|getty|archive?s?$|premium$|plus$|e-?mail$|print$"
    r"|drucken|facebook$|twitter$|instagram$|linkedin$|youtube$|tiktok$|whatsapp$|telegram$|xing$|fotos?$"
    r"|photos?$|images?$|bild$|bilder$|videos?$|quelle$|source$|fuente$|fonte$)",
    re.IGNORECASE,
)
"""Asked of the beginning of a word: what no name begins with, or ($) is."""
_NO_NAME_WIDE = re.compile(
    r"编辑|編輯|编辑部|編集部|本报|本網|本网|新闻|新聞|ニュース|网$|網$|社$|部$|局$|台$|通信|통신|뉴스|일보"
    r"|신문|新华|来源|來源|責任|责任|กอง|สำนักข่าว|ข่าว|وكال|صحيفة|تحرير|موقع|خبرگزاری|समाचार|न्यूज़|डेस्क"
    r"|取材班|支局|뉴스팀|편집국|취재팀|מערכת|כתבי|דסק|תוכן שיווקי|تحریریه|سرویس|گروه"
)
_STARTS_NO_NAME = re.compile(
    r"^(?:the|el|la|los|las|le|les|redaktion|redacción|redaccion|rédaction|redactie|redazione|редакция"
    r"|newsroom|team|staff|news|agentur|agencia|agence|die|der|das|il|unsere?|our|this|ein|eine|als|von|vom"
    r"|mit|für|from|aus|in|im|zum|zur|auf|bei|nach|not|what|why|how|who|when|where|was|wie|warum|wer|wo"
    r"|neue?|new|top|best|live|alle|mehr|jetzt|heute|special|tổng hợp|biên tập|ban biên|ban thời|báo"
    r"|tin)\s",
    re.IGNORECASE,
)
_PLACES = frozenset({
    "new york", "hong kong", "los angeles", "san francisco", "san diego", "washington dc",
    "buenos aires", "tel aviv", "rio de janeiro", "sao paulo", "são paulo", "new delhi", "cape town",
    "ho chi minh", "tp hcm", "hà nội", "đà nẵng", "kuala lumpur", "abu dhabi", "mexico city",
    "ciudad de méxico", "frankfurt am main", "la paz", "el salvador", "puerto rico", "sri lanka",
    "costa rica", "saudi arabia", "south africa", "south korea", "north korea", "new zealand",
    "las vegas", "den haag", "den bosch", "st. gallen", "bad homburg", "united states",
    "united kingdom", "santa cruz", "san juan", "santo domingo", "new jersey", "new orleans",
    "st. petersburg", "sankt petersburg", "addis ababa",
})  # fmt: skip
_DAY_FOLLOWS = re.compile(r"\.?\s\d{1,2}(?![\d.:/])")
_MAX_CHARS = 50


def _is_capital(word: str) -> bool:
    if word[1:2] in {"'", "’"}:  # d'Ormesson, O'Neil
        word = word[2:]
    first = next((char for char in word if char.isalpha()), "")
    return first.isupper() or first.istitle()


@lru_cache(maxsize=4096)
def _run(text: str) -> str:
    """Return the first run of words that is a name's; "" if none."""
    run: list[str] = []
    for word in text.split():
        bare = word.strip(".,:;\"'“”„»«’")
        if not _is_role(bare) and _continues(run, word, bare.lower()):
            run.append(word)
        elif sum(map(_is_capital, run)) >= 2:
            break
        else:
            run = []
    while run and (not _is_capital(run[-1]) or run[-1].lower() in _PARTICLES):
        run.pop()
    while len(run) > 1 and run[0].lower() in {"e", "i", "y", "av", "af", "op", "of", "te"}:
        run.pop(0)
    half = len(run) // 2
    if len(run) > 2 and run[:half] == run[half:]:  # shown twice, for two widths of window
        run = run[:half]
    return " ".join(run)


def _continues(run: list[str], word: str, lower: str) -> bool:
    """Say whether a word goes on with a name: it has a capital, or is a particle where names have one."""
    if lower in _ARTICLES and (word.isupper() or not _is_capital(word)):
        return bool(run) and run[-1].lower() in _BEFORE_ARTICLE  # "von der", "de la", not "Stadt der"
    return _is_capital(word) or lower in _PARTICLES


@lru_cache(maxsize=4096)
def _is_role(word: str) -> bool:
    """Say whether a word is a role's, a desk's, or no word at all ("2024", "SPIEGEL-Redakteur")."""
    last = word.rpartition("-")[2]
    return (
        _ROLE.match(word) is not None
        or (len(last) > 5 and _ROLE.match(last) is not None)
        or any(char.isdigit() for char in word)
    )


def as_name(text: str, sites: frozenset[str], *, single: bool = False) -> str | None:
    """Return the person's name in one part of a byline; None if there is none.

    `single` lets one word be a name: where the page states that a person's name stands there.
    """
    text = text.lstrip(" .:*·|-–—\"'“”„»«_").rstrip(" :*·|-–—\"'“”„»«_")
    if not 2 <= len(text) <= 160 or key(text) in sites or agency_of(text):
        return None
    if any(char.isupper() or char.istitle() for char in text):
        return _cased(text, sites, single=single)
    text = _TAIL_CJK.sub("", text)
    letters = sum(char.isalpha() for char in text)
    if not letters or any((char.isascii() and char.isalnum()) or char.isdigit() for char in text):
        return None
    if len(text) > 36 or len(text.split()) > 5 or _NO_NAME_WIDE.search(text) or (text.isascii()):
        return None
    if any("\u3400" <= char <= "\u9fff" for char in text) and letters > 7:
        return None
    if any(char.islower() for char in text):
        return None  # a script with capitals, none used
    return text


def _cased(text: str, sites: frozenset[str], *, single: bool) -> str | None:
    if _STARTS_NO_NAME.match(text):
        return None
    name = _run(text).strip(" ,:;\"'“”„»«")
    if len(name) > 2 and name[-1] == "." and name[-3] != " " and name[-3] != ".":
        name = name[:-1]  # a full stop, not an initial's
    words = name.split()
    if not words or len(words) > 6 or len(name) > _MAX_CHARS or key(name) in sites or name.lower() in _PLACES:
        return None
    if len(words) == 1:
        whole = (
            single
            and name == text
            and len(name) > 2
            and "." not in name
            and not (name.isupper() and len(name) < 6)
        )
        return name if whole and not agency_of(name) else None
    if sum(map(_is_capital, words)) < 2 or agency_of(name):
        return None
    if any((word.isupper() and agency_of(word)) or (len(word) > 2 and key(word) in sites) for word in words):
        return None  # "Theo TTXVN", "MDR Thüringen"
    if _DAY_FOLLOWS.match(text.partition(name)[2]):
        return None  # "Mon November 6"
    return name


def clean_names(raw: str, sites: frozenset[str], *, single: bool = False) -> list[str]:
    """Return the names in a byline: labels, roles, places, addresses and the photographers cut away."""
    written = _COMPANY.sub(" ", _PICTURED.sub(" ", raw[:400]))
    text = squash(_MAIL.sub(" ", _ASIDE.sub(" ", written)))
    text = without_label(_PHOTO.sub("", _ORIGIN.sub(" | ", text)))
    out = []
    for part in _own_parts(_SPLIT.split(text)[:40]):
        name = as_name(without_label(part), sites, single=single)
        if name is not None:
            out.extend(name.split() if _is_several(name) else [name])
    return out


def _own_parts(parts: list[str]) -> list[str]:
    """Return the parts of a Chinese byline that can be names: "聯合報／記者林文祥／澎湖報導" has the paper
    before the reporter and the place behind.
    """
    first = next((at for at, part in enumerate(parts) if _REPORTER.match(part)), 0)
    names = [part for part in parts[first:] if _REPORTER.match(part) or not _REPORTED.search(part)]
    return [_PLACE.sub(r"\1", part) for part in names or parts]


def _is_several(name: str) -> bool:
    """Say whether words of Chinese characters are names, each with its family's in front ("王小明 李红"), and
    not family and first name of one Japanese ("磯谷 智仁").
    """
    return _HAN_NAMES.fullmatch(name) is not None and all(word[0] in _FAMILIES for word in name.split())


def without_label(text: str) -> str:
    """Return a byline without "By", "Texte :", "Von", "记者" at its start."""
    shorter = _LABEL.sub("", text, count=1)
    return _LABEL_CJK.sub("", shorter, count=1)


def has_label(text: str) -> bool:
    """Say whether a line begins as bylines do."""
    return bool(_LABEL.match(text) or _LABEL_CJK.match(text))


def is_translators(text: str) -> bool:
    """Say whether a line names who translated."""
    return bool(_TRANSLATED.match(text))


def joined_names(raw: str, sites: frozenset[str]) -> list[str]:
    """Return the names that a conjunction joins to others: "By Ann Lee, Paris, and Bo Chan" → Bo Chan."""
    parts = _JOINED.split(_ASIDE.sub(" ", raw[:400]))
    return [name for part in parts[1:] if (name := as_name(_SPLIT.split(part.strip())[0], sites)) is not None]
