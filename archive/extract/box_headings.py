"""What newspapers write over their boxes of links: phrases by language, for "related" and for what is not.

"Related" is what a paper offers for having read this article: on the same matter, from the same series or
section. Lists that stand on every page (most read, latest, editors' picks, live, tags, offers) are not.
Phrases are stems in lower case; a heading is asked for its beginning first, because "Lesen Sie auch" may
be all of it or stand before a headline, and then for words anywhere in it ("Our readers read next").
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Kind = Literal["related", "other"]

_RELATED = """
en: related|read more|read next|read also|read this|you may|you might|you'll also|also read|also in
en: more on |more in |see also|more about|more from|more like this|more stories|more news|more articles
en: more coverage|more to read|more:|further reading|learn more|dig deeper|go deeper|recommended
en: explore more|in case you missed|icymi|similar|up next|next up|what to read next|keep reading
en: watch also|other stories|other news
de: mehr zu |mehr zur |das könnte |mehr zum thema|zum thema|zum weiterlesen|könnte sie|könnte dich
de: könnte euch|auch interessant|auch spannend|lesen sie auch|lesen sie mehr|lesen sie dazu|lesen sie hier
de: lies auch|lies mehr|lies dazu|verwandte|passend|lesetipp|weitere artikel|weitere beiträge
de: weitere meldungen|weitere nachrichten|weitere infos|weitere themen zu|ähnliche|dazu passend|mehr dazu
de: mehr aus |mehr von |mehr über |mehr für sie|mehr artikel|siehe auch|aus dem ressort|aus der rubrik
de: schon gelesen
fr: voir plus|voir aussi|à lire|a lire|à voir aussi|à écouter aussi|lire aussi|lire également|lire plus
fr: sur le même|dans le même|dans la même|article lié|article similaire|article connexe|article associé
fr: articles liés|articles similaires|articles connexes|articles associés|pour aller plus loin
fr: aller plus loin|en lien|contenu associé|contenus associés|à ce sujet|sur le sujet|sur ce sujet
fr: plus sur |d'autres articles|autres articles|vous aimerez|autres actualités|nos autres articles
fr: pour en savoir plus|vous pourriez|cela peut vous|ça peut vous|en savoir plus
es: más en |más información|más sobre|te puede|le puede|te pueden|le pueden|más noticias|otras noticias
es: puede interesar|te podría|le podría|te interesa|te recomendamos|lee también|lea también|leé también
es: lee además|lea además|lea más|lee más|leer también|noticia relacionad|noticias relacionad
es: contenido relacionad|contenidos relacionad|artículo relacionad|artículos relacionad|nota relacionad
es: notas relacionad|relacionad|temas relacionad|también te|también puede|archivado en relación
es: ver también|vea también|mira también|mirá también|sigue leyendo|seguir leyendo
es: para saber más|para leer más|para ampliar
pt: leia também|leia mais|leia ainda|ler também|veja também|veja mais|saiba mais|notícias relacionad
pt: mais em |matérias relacionad|conteúdo relacionad|artigos relacionad|mais sobre|mais notícias
pt: outras notícias|você pode|você também
it: leggi anche|leggi pure|articoli correlat|notizie correlat|contenuti correlat|correlat|approfondiment
it: potrebbe interessarti|potrebbero interessarti|ti potrebbe|per approfondire|vedi anche|guarda anche
it: per saperne di più|altri articoli|altre notizie|sullo stesso
ca: llegeix també|notícies relacionad|et pot interessar|més informació|més sobre
ro: citește și|citeşte şi|citiți și|vezi și|articole similare|știri similare|pe aceeași temă|te-ar putea
pl: czytaj więcej|czytaj także|czytaj też|czytaj również|zobacz także|zobacz też|zobacz również
pl: przeczytaj także|przeczytaj też|przeczytaj również|powiązane|polecamy|podobne|warto przeczytać
pl: więcej o |sprawdź także|więcej na temat|może cię zainteresować|to może cię
cs: související|čtěte také|čtěte i|čtěte též|mohlo by vás|přečtěte|k tématu|více k tématu|podobné
sk: súvisiace|čítajte aj|prečítajte si|mohlo by
hu: kapcsolódó|olvasta már|ezt is olvas|ajánlott
hr: pročitajte|povezane|povezani|vezane|slične|još o
bg: още по темата|свързани|прочетете|вижте още|вижте също
nl: lees ook|lees meer|lees verder|gerelateerd|meer over|meer van|meer uit|bekijk ook|zie ook
sv: läs också|läs även|läs mer|läs vidare|relaterad|mer om|mer från|mer i ämnet|se även|fler artiklar
sv: fler nyheter
no: les også|les mer|relatert|mer fra|se også|flere saker
da: læs også|læs mere|relatere|mere om
fi: lue myös|lue lisää|lisää aiheesta|aiheesta lisää|katso myös
is: tengdar|tengt efni|tengd|lesa meira
et: loe ka|loe veel
lt: taip pat skaitykite|skaitykite taip pat|susiję
tr: benzer haber|ilgili haber|ilgili içerik|ayrıca|bunlar da|ilginizi çekebilir|bu da ilginizi
ru: другие новости|ещё новости|читайте также|читайте ещё|читайте еще|читать также|смотрите также|по теме
ru: материалы по теме|новости по теме|еще по теме|ещё по теме|похожие|вам может|вас может
uk: читайте також|читати також|дивіться також|схожі|за темою|матеріали за темою|вас може
el: σχετικά|σχετικα|διαβάστε επίσης|διαβάστε ακόμ|διαβαστε επισης|διαβαστε ακομ
el: δείτε επίσης|δείτε ακόμ|δειτε επισης|δειτε ακομ
ar: اقرأ أيضا|اقرأ أيضًا|إقرأ أيضا|اقرأ المزيد|مواضيع ذات|موضوعات ذات|ذات صلة|مقالات ذات|أخبار ذات
ar: مواضيع متعلقة|أخبار متعلقة|مواضيع مشابهة|شاهد أيضا|قد يعجبك|المزيد
fa: بیشتر بخوانید|مطالب مرتبط|اخبار مرتبط|مرتبط|همچنین بخوانید
he: קראו גם|עוד בנושא|כתבות נוספות|אולי יעניין
hi: संबंधित|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|और पढ़ें
bn: আরও পড়ুন|আরো পড়ুন|সম্পর্কিত
ur: یہ بھی پڑھیں|مزید پڑھیں|متعلقہ
th: อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง|ข่าวเกี่ยวข้อง|เรื่องที่เกี่ยวข้อง|บทความที่เกี่ยวข้อง
th: เนื้อหาที่เกี่ยวข้อง|อ่านข่าว|ข่าวอื่น
vi: tin liên quan|bài liên quan|bài viết liên quan|tin bài liên quan|liên quan|xem thêm|đọc thêm
vi: cùng chủ đề|tin cùng|tin khác|cùng chuyên mục|có thể bạn
id: berita lainnya|artikel lainnya|baca juga|berita terkait|artikel terkait|lihat juga|simak juga|terkait
ms: berita berkaitan|artikel berkaitan|baca lagi
tl: basahin din|kaugnay
sw: soma pia|soma zaidi|habari zinazohusiana
zu: funda olunye
zh: 更多|相关|相關|延伸阅读|延伸閱讀|推荐阅读|推薦閱讀|猜你喜欢|你可能|您可能|同类|看更多
ja: 関連|あわせて読|合わせて読|併せて読|こちらも|次に読
ko: 관련|함께 보면|함께 읽|추천
"""
_OTHER = """
en: most |top |trending|latest|editor|newsletter|comment|sponsor|promot|tags|topics|video|podcast|live
en: about |breaking|headlines|popular|jobs|shop|deals|follow|sections|quick links|from around the web
en: today
de: meist|beliebt|neueste|aktuell|anzeige|werbung|kommentar|themen|schlagzeilen|schlagwort|stellen
de: angebote|vorherige|nächste|häufig gelesen|empfehlung der redaktion|mehr aus dem web|das wichtigste
de: eilmeldung
fr: les plus|plus lus|à la une|en continu|en direct|dernière|derniers|le fil|l'actu|tous les articles
es: lo más|más leíd|más vist|últim|editorial|anuncio|portada
pt: mais lid|mais vist|mais acess|últim|destaques
it: più lett|più vist|ultim|in evidenza|i più
pl: najczęściej|najnowsze|najpopularn|najważniejsze
cs: nejčten|nejnověj|aktuáln|hlavní zprávy
nl: meest|nieuwste|net binnen|laatste
sv: mest |senaste|nyheter|siste|nyeste|seneste|just nu
fi: luetuim|uusim|tuoreim
is: nýjast|mest lesið
tr: çok okunan|en çok|son dakika|günün|manşet|öne çıkan
ru: популярн|последн|новости|главн|самое|сейчас|лента
uk: популярн|останні|новини|головн
el: δημοφιλή|δημοφιλη|τελευταία|τελευταια|ροή|ροη
ar: الأكثر|آخر|أحدث|عاجل
fa: پربازدید|آخرین|پربیننده
he: הנקרא|חדשות
hi: ताज़ा|ताजा|लोकप्रिय|सबसे
th: ข่าวล่าสุด|ล่าสุด|ยอดนิยม|ข่าวยอดนิยม|ข่าวเด่น
vi: tin mới|mới nhất|đọc nhiều|tin đọc|xem nhiều|tin nóng|nổi bật
id: terpopuler|terkini|terbaru|populer
zh: 热门|熱門|最新|最受|排行|要闻|要聞|头条
ja: 人気|新着|ランキング|アクセス|最新|注目
ko: 인기|최신|많이 본|실시간|랭킹
"""
_RELATED_WITHIN = (
    "read next", "also like", "also interest", "related", "relacionad", "correlat", "zum thema",
    "interessieren", "auch interessant", "zum artikel", "same topic", "puede interesar", "podría interesar",
    "lire aussi", "même sujet", "liên quan", "terkait", "по теме", "за темою", "ilginizi", "مرتبط", "ذات صلة",
    "เกี่ยวข้อง", "相关", "相關", "関連", "관련", "k tématu", "na temat", "na ten temat", "aiheesta", "σχετικ",
)  # fmt: skip
_OTHER_WITHIN = (
    "most read", "most popular", "most viewed", "most shared", "trending", "popular", "latest",
    "newsletter", "meistgelesen", "meist gelesen", "neueste", "beliebt", "plus lus", "+ lus", "más leíd",
    "más vist", "mais lid", "più lett", "najczęściej", "nejčten", "meest gelezen", "mest læst", "mest lest",
    "mest läst", "çok okunan", "читаем", "الأكثر", "đọc nhiều", "terpopuler", "热门", "熱門", "ランキング",
    "人気", "많이 본", "인기", "ยอดนิยม",
)  # fmt: skip
_DOTTED = "i\u0307"
"""What Python makes of a Turkish capital I with dot."""
_EDGE = " \t\u00a0►▶▸»›>•·*+:|-–—–[]()【】「」『』《》“”\"'„«‹"


def _by_beginning(*tables: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the phrases of each table by their first two characters."""
    found: dict[str, tuple[list[str], ...]] = {}
    for number, table in enumerate(tables):
        for line in table.strip().splitlines():
            for phrase in line.partition(": ")[2].split("|"):
                for key in {phrase[:2], phrase[:2].replace("i", _DOTTED)}:
                    found.setdefault(key, tuple([] for _ in tables))[number].append(phrase)
    return {beginning: tuple(map(tuple, phrases)) for beginning, phrases in found.items()}


_PHRASES = _by_beginning(_RELATED, _OTHER)


def announces(text: str) -> Kind | None:
    """Say what a text begins with: words for related articles, words for another list, or neither."""
    if text[:1] in _EDGE:
        text = text[:60].lstrip(_EDGE)
    phrases = _PHRASES.get(text[:2].lower())
    if phrases is None:
        return None
    folded = text[:50].lower().replace("’", "'").replace(_DOTTED, "i") + " "
    if folded.startswith(phrases[0]):
        return "related"
    return "other" if folded.startswith(phrases[1]) else None


@lru_cache(maxsize=4096)
def kind_of(heading: str) -> Kind | None:
    """Say what a heading is for, by its beginning or by words within."""
    kind = announces(heading)
    if kind is not None:
        return kind
    folded = heading[:120].lower().replace(_DOTTED, "i")
    if any(phrase in folded for phrase in _OTHER_WITHIN):
        return "other"
    return "related" if any(phrase in folded for phrase in _RELATED_WITHIN) else None
