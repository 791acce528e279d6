"""What of a text is its wording, and what only looks like a change: spaces, counters, labels of ads, clocks.

An edit is what an editor did. White space, the spelling of a letter in Unicode, the number of readers beside
a text and "2 hours ago" change without anybody's doing, at every visit. They stay in the fields as displayed;
only the digest that tells versions apart does not see them.
"""

# ruff: noqa: E501  (wide scripts count double)

from __future__ import annotations

import re
import unicodedata
from operator import or_

WORDING_VERSION = "1"
"""Raised by whoever changes what `digest_parts` of a text returns: versions are named after it."""

_INVISIBLE = re.compile(r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
_PIECES = re.compile(
    r"\d[\d.,\u00a0\u202f’']*[km]?(?=\W|$)|\d[\d.,]*|[^\W\d_]+(?:[\u0300-\u036f\u0e30-\u0e4e]+[^\W\d_]*)*"
)
_LONGEST_COUNTER = 60

_COUNTED = frozenset((
    "view", "views", "read", "reads", "reader", "readers", "comment", "comments", "reply",
    "replies", "share", "shares", "like", "likes", "hits", "clicks", "vue", "vues", "lecture",
    "lectures", "lecteurs", "commentaire", "commentaires", "partage", "partages", "réaction",
    "réactions", "consulté", "vista", "vistas", "lectura", "lecturas", "lectores", "comentario",
    "comentarios", "compartidos", "compartido", "visitas", "visualizações", "visualizacoes",
    "leituras", "comentário", "comentários", "compartilhamentos", "visualizzazioni", "letture",
    "commenti", "condivisioni", "aufrufe", "ansichten", "leser", "kommentar", "kommentare",
    "geteilt", "lesezeit", "weergaven", "reacties", "xem", "đọc", "bình", "luận", "chia", "sẻ",
    "thích", "阅读", "阅读量", "阅读数", "浏览", "浏览量", "次阅读", "次浏览", "评论", "条评论", "点赞", "分享", "人阅读", "閱讀",
    "瀏覽", "評論", "則留言", "留言", "播放", "閲覧", "閲覧数", "コメント", "조회", "조회수", "댓글", "공유", "مشاهدة",
    "مشاهدات", "المشاهدات", "قراءة", "قراءات", "تعليق", "تعليقات", "التعليقات", "مشاركة", "مشاركات",
    "เข้าชม", "ผู้เข้าชม", "ผู้ชม", "ความคิดเห็น", "แชร์", "อ่าน", "ยอดวิว", "วิว", "просмотр",
    "просмотра", "просмотров", "просмотры", "комментарий", "комментария", "комментариев",
    "комментарии", "прочтений", "прочитали", "чтения",
))  # fmt: skip
"""Words for readers, comments and shares, beside their number."""
_BESIDE = frozenset((
    "de", "fois", "min", "mins", "minute", "minutes", "minutos", "minuti", "minuten", "lượt",
    "người", "phút", "ý", "kiến", "次", "人", "件", "回", "分钟", "개", "회", "عدد", "دقيقة", "دقائق",
    "ครั้ง", "คน", "นาที", "минут", "минуты", "раз",
))  # fmt: skip
"""Words that may stand between, and are no counter alone."""
_AD_LABELS = frozenset((
    "advertisement", "advertisements", "ad", "ads", "sponsored", "advertising", "publicité", "pub",
    "annonce", "annonces", "publicidad", "anuncio", "anuncios", "publicidade", "pubblicità",
    "werbung", "anzeige", "reklame", "advertentie", "qc", "广告", "廣告", "広告", "광고", "إعلان",
    "إعلانات", "اعلان", "โฆษณา", "реклама",
)) | {"quảng cáo", "на правах рекламы"}  # fmt: skip
_RELATIVE = re.compile(
    r"\b(?:ago|just now|yesterday|today|il y a|hier|aujourd['’]hui|à l['’]instant|hace|ayer|hoy|gestern|heute"
    r"|fa|ieri|oggi|há|ontem|hoje|geleden|trước|hôm qua|hôm nay|vừa xong|назад|вчера|сегодня|yang lalu|önce)\b"
    r"|\bvor\s+\S+\s+(?:sekunde|minute|stunde|tag|woche)"
    r"|前|昨天|今天|刚刚|昨日|今日|전\b|어제|오늘|منذ|أمس|اليوم|ที่แล้ว|เมื่อวาน|วันนี้",
    re.IGNORECASE,
)
_CALENDAR = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}|[٠-٩]{4}|[๐-๙]{4}|\d{1,2}\s*[月월]")


def wording(text: str | None) -> str:
    """Return a text without its white space and what never shows, in one spelling of each letter (NFC)."""
    if not text:
        return ""
    joined = "".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())
    if joined.isprintable():  # nothing invisible in it: so nearly always
        return joined
    return _INVISIBLE.sub("", joined)


def is_furniture(text: str) -> bool:
    """Tell whether a piece of a body is nothing but a counter ("1.234 lượt xem", "12 Comments") or the label
    of an advertisement.
    """
    if len(text) > _LONGEST_COUNTER:
        return False
    plain = unicodedata.normalize("NFC", text).casefold().strip(" \t\n\u00a0-–—:：()[]|·•")
    if plain in _AD_LABELS:
        return True
    words, numbers = _words(plain)
    counted = [word in _COUNTED for word in words]
    return numbers > 0 and any(counted) and all(map(or_, counted, (word in _BESIDE for word in words)))


def _words(plain: str) -> tuple[list[str], int]:
    """Return the words of a short text and how many numbers it has; Chinese and Thai words end at numbers."""
    pieces = _PIECES.findall(plain)
    words = [piece for piece in pieces if not piece[0].isdigit()]
    return words, len(pieces) - len(words)


def is_relative(raw: str | None) -> bool:
    """Tell whether a stated time was counted back from the visit ("il y a 2 heures", "3 giờ trước"): the time that was read from it is another one at each visit."""
    return bool(raw) and _RELATIVE.search(raw or "") is not None and not _CALENDAR.search(raw or "")
