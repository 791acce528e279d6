"""What newspapers call their boxes: class words, tags and ARIA roles → the role of an element.

Class names are mostly English whatever the language of the paper; German, French, Spanish, Polish and Turkish
words stand beside the English ones where pages of such papers use them.
"""

from __future__ import annotations

import re
from functools import lru_cache

BY_TAG = {
    "nav": "nav", "footer": "footer", "form": "form", "button": "form", "dialog": "consent", "menu": "nav",
    "figcaption": "caption", "figure": "figure", "aside": "aside", "label": "form", "input": "form",
    "time": "date", "amp-sidebar": "nav", "amp-consent": "consent", "marquee": "nav",
}  # fmt: skip
BY_ROLE = {
    "navigation": "nav", "complementary": "aside", "contentinfo": "footer", "dialog": "consent",
    "search": "form",
    "alertdialog": "consent", "menu": "nav", "menubar": "nav", "tablist": "nav", "toolbar": "share",
    "form": "form", "tooltip": "consent", "note": "aside", "alert": "consent",
}  # fmt: skip
# prefix of a class word → role; the first that fits wins, so the order is from the plain to the doubtful
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("unseen", ("screenreader", "visually", "sronly")),
    ("consent", ("consent", "cookie", "gdpr", "cmpbox", "cmplz", "onetrust", "didomi", "modal", "popup",
    "overlay")),
    ("comment", ("comment", "recentcomment", "kommentar", "commentaire", "disqus", "coral", "discussion",
    "livefyre", "comentario")),
    ("newsletter", ("newsletter", "subscri", "signup", "abonn", "abobox", "paywall", "piano", "donat",
    "incentive", "buybox", "subwall",
    "register",
                    "registration", "regwall", "whatsapp", "telegram", "subscribe", "mailing", "optin")),
    ("share", ("share", "sharing", "social", "addthis", "sociable", "teilen", "partage", "socials",
    "addtoany",
               "compartir", "shareaholic", "followus", "follow", "bookmark")),
    ("related", ("related", "relacionad", "relate", "recommend", "recirc", "outbrain", "taboola", "readmore",
                 "seealso", "morefrom", "morestories", "mostread", "mostpopular", "mostviewed", "popular",
                 "trending",
                 "alsoread", "readnext", "upnext", "nextarticle", "moreon", "moreabout", "verwandt",
                 "lireaussi",
                 "zumthema", "teaserlist", "suggest", "similar", "crosslink", "topstories", "latestnews",
                 "youmaylike", "connexe", "correlat", "aufmacher", "furtherreading", "readalso", "infinite")),
    ("ad", ("advert", "adsense", "adslot", "adbox", "banner", "sponsor", "promo", "dfp", "werbung",
    "publicite",
            "anzeige", "adunit", "commercial", "affiliate", "adcontainer", "adwrap", "adspot", "leaderboard",
            "reklama",
            "reklam", "billboard", "googlead", "iqd", "adhesion", "skyscraper")),
    ("caption", ("caption", "bildunterschrift", "legend", "legende", "bildtext", "fotoverantwortung",
    "cutline",
                 "photocaption", "imagecaption", "figcaption", "wpcaption", "pie", "didascalia")),
    ("credit", ("credit", "copyright", "photographer", "urheber", "rights", "bildquelle", "imagesource",
    "photocredit",
                "fotograf", "bildnachweis", "attribution", "photoby", "imgsource")),
    ("figure", ("gallery", "slideshow", "carousel", "slider", "swiper", "galerie", "diaporama", "fotostrecke",
                "lightgallery", "photoswipe", "bildergalerie")),
    ("byline", ("byline", "author", "autor", "auteur", "autoren", "verfasser", "journalist", "writer",
    "reporter",
                "signature", "contributor", "biography", "bio", "firmante", "redakteur", "forfatter")),
    ("date", ("date", "datetime", "timestamp", "pubdate", "published", "dateline", "datum", "fecha",
    "posttime",
              "publishdate", "updated", "lastupdate", "zeitstempel", "pubtime")),
    ("tags", ("tags", "taglist", "tagcloud", "keywords", "hashtag", "topics", "topiclist", "schlagwort",
    "etiquetas",
              "themen", "catlinks", "taxonomy")),
    ("nav", ("nav", "navigation", "navbar", "menu", "breadcrumb", "breadcrumbs", "pagination", "pager",
    "sitenav",
             "skiplink", "toolbar", "offcanvas", "hamburger", "ticker", "topbar", "masthead", "siteheader",
             "pageheader", "globalheader", "toc")),
    ("footer", ("footer", "sitefooter", "pagefooter", "colophon", "impressum", "legal", "disclaimer",
    "copyrights")),
    ("aside", ("sidebar", "aside", "rail", "widget", "sidecolumn", "rightcol", "rightcolumn", "infobox",
               "textbox",
    "factbox",
               "pullquote", "faktabox", "marginal", "seitenleiste", "rightrail", "flyout", "toast", "print",
               "noprint", "audio", "player", "video", "podcast", "quiz",
               "poll",
               "weather", "stock", "livebar", "moreinfo", "callout", "correction")),
)  # fmt: skip
_EXACT = {
    "ad": "ad", "ads": "ad", "adv": "ad", "pub": "ad", "sr": "unseen", "bio": "byline", "tag": "tags",
    "more": "", "shared": "", "piece": "", "pieces": "",
    "date": "date", "time": "date", "nav": "nav", "menu": "nav", "cta": "newsletter", "teaser": "teaser",
    "teasers": "related", "hidden": "", "card": "teaser", "cards": "related", "meta": "meta",
    "kicker": "kicker",
    "eyebrow": "kicker", "overline": "kicker", "dachzeile": "kicker", "topline": "kicker", "rubric": "kicker",
    "roofline": "kicker", "surtitre": "kicker", "antetitulo": "kicker", "spitzmarke": "kicker",
    "category": "kicker",
    "credits": "credit", "legend": "caption", "toc": "nav", "print": "aside", "app": "", "social": "share",
    "print-only": "aside", "abo": "newsletter", "foot": "footer",
}  # fmt: skip
_LEAD = re.compile(
    r"(?:^|[^a-z])(?:lead|leadtext|lede|chapo|chapeau|standfirst|sapo|vorspann|entradilla|teaser-?text"
    r"|intro|introduction"
    r"|sub-?title|sub-?head(?:line|ing)?|dek|deck|summary|excerpt|abstract|ingress|strapline|bajada"
    r"|sommario|occhiello"
    r"|preamble|description|desc|article-?summary|article-?intro|leadin|anlauftext|einleitung|synopsis"
    r"|teaser|copete"
    r"|subtitulo|sottotitolo|linha-?fina|lid|manchet|spot|volanta|perex|zajawka|underrubrik|resumen?"
    r"|headline-?sub"
    r"|sumario|lead-?paragraph|zhaiyao|sous-?titre|under-?title|undertitle|preface|epigraph|leadin"
    r"|subheadline|page-?intro|article-?desc|teaser-?content)(?:$|[^a-z])"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-zà-ÿ]+")
_HOVER = re.compile(
    r"screen-?reader|(?:tooltip|popover|rollover|hover-?card)[\w-]*(?:text|content|block|body|box|inner)"
)
"""What a screen reader says, and what shows when the mouse hovers over a word; the word itself stands in an
element of a shorter name."""
_HERO = re.compile(
    r"(?:article|hero|post|story|single|news|page|image|photo|title)[-_]{0,2}banner", re.IGNORECASE
)
"""The photo on top of a story, which is no advert."""
_UTILITY = re.compile(r"[:\[]")
_MACHINE = re.compile(r"\d[a-z]{1,3}\d")
"""In a part of a name ("related__3ad2x"): a machine made it, letters between digits name nothing."""
_PART = re.compile(r"[^\s_-]+")


@lru_cache(maxsize=16_384)
def _role_of_word(word: str) -> str | None:
    """Return the role that one class word names; "" and None for none."""
    role = _EXACT.get(word)
    if role is not None:
        return role
    return next((name for name, prefixes in _WORDS if word.startswith(prefixes)), None)


@lru_cache(maxsize=65_536)
def role_of_words(words: str) -> str | None:
    """Return the role that class words and id name, or None: that of the first word which names one."""
    if ":" in words or "[" in words:  # utility classes ("print:hidden", "w-[220px]") name looks, not parts
        words = " ".join(word for word in words.split() if not _UTILITY.search(word))
    lower = words.lower()
    if _HOVER.search(lower):
        return "unseen"
    if "banner" in lower:
        words = _HERO.sub(" ", words)
        lower = words.lower()
    if lower != words:
        lower = _CAMEL.sub("-", words).lower()
    if _MACHINE.search(lower):
        lower = _PART.sub(lambda part: "" if _MACHINE.search(part[0]) else part[0], lower)
    for word in _WORD.findall(lower):
        role = _role_of_word(word)
        if role:
            return role
    return "newsletter" if "newsletter" in words.lower() else None  # "BaseNewsLetter"


@lru_cache(maxsize=65_536)
def named(pattern: re.Pattern[str], words: str) -> bool:
    """Say whether class words fit a pattern. Kept, because a site's class words come again on every page."""
    return pattern.search(words) is not None


@lru_cache(maxsize=16_384)
def is_lead_words(words: str) -> bool:
    """Say whether class words, itemprop or test id name a standfirst."""
    return _LEAD.search(_CAMEL.sub("-", words).lower()) is not None
