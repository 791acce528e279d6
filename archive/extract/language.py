"""Language: html lang, then meta and JSON-LD, then the text (py3langid, loaded only when nothing is
declared).

A declaration is checked by the script of the text alone: `lang="en"` left over from a theme on a
Vietnamese, Thai or Chinese page is common, and a script settles it without a model.
"""

from __future__ import annotations

import re
import tempfile
from functools import lru_cache
from typing import Any

from archive.errors import MachineError
from archive.extract.found import Found
from archive.extract.page import ParsedPage, ld_text

_TAG = re.compile(r"^([a-z]{2,3})(?:[-_]([A-Za-z0-9]{2,8}))?(?:[-_]([A-Za-z0-9]{2,8}))?$")
_SCRIPTS = (
    ("th", re.compile("[\u0e00-\u0e7f]")), ("ko", re.compile("[\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")), ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")), ("ru", re.compile("[\u0400-\u04ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("bn", re.compile("[\u0980-\u09ff]")), ("ta", re.compile("[\u0b80-\u0bff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("km", re.compile("[\u1780-\u17ff]")), ("ka", re.compile("[\u10a0-\u10ff]")),
    ("am", re.compile("[\u1200-\u137f]")),
)  # fmt: skip
_LETTER = re.compile(r"[^\W\d_]")
_NOT_LATIN = re.compile("[\u0370-\u1cff\u3040-\uffdc]")
_SAME_SCRIPT = {
    "ru": {"ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg", "tt"},
    "ar": {"ar", "fa", "ur", "ps", "ku", "ckb", "ug", "sd"},
    "hi": {"hi", "mr", "ne", "sa", "bho", "mai"},
    "zh": {"zh", "yue", "wuu", "ja"},
    "he": {"he", "yi", "iw"},
    "bn": {"bn", "as"},
    "ja": {"ja"},
    "am": {"am", "ti"},
}
_VIETNAMESE = re.compile("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơư]", re.IGNORECASE)


def normal(tag: str | None) -> str | None:
    """Return a language tag as BCP 47 in lower case, "zh-hant" for "zh_TW"; None if it is none."""
    found = _TAG.match((tag or "").strip().lower())
    if not found or found[1] in {"und", "mul", "zxx", "xx"}:
        return None
    primary, rest = found[1], [part for part in found.groups()[1:] if part]
    primary = {
        "iw": "he",
        "in": "id",
        "jp": "ja",
        "cn": "zh",
        "gr": "el",
        "ua": "uk",
        "vn": "vi",
        "eng": "en",
    }.get(primary, primary)
    if primary == "zh":
        if any(part in {"tw", "hk", "mo", "hant"} for part in rest):
            return "zh-hant"
        return "zh"
    return primary


@lru_cache(maxsize=1)
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # it is unpacked into a temporary file
        raise MachineError(
            f"the language model cannot be unpacked into {tempfile.gettempdir()}: {error.strerror}; make room"
            " there, or set TMPDIR"
        ) from error


def _by_script(text: str) -> str | None:
    sample = text[:2000]
    if sample.isascii():
        return None
    letters = len(_LETTER.findall(sample)) or 1
    for lang, pattern in _SCRIPTS if _NOT_LATIN.search(sample) else ():
        share = len(pattern.findall(sample)) / letters
        if share > (0.1 if lang == "ja" else 0.4):
            return lang
    if len(_VIETNAMESE.findall(sample)) / letters > 0.06:
        return "vi"
    return None


def language(parsed: ParsedPage, text: str) -> Found[str | None]:
    """Return the language of the article; `text` is its title and body."""
    declared: list[tuple[str, str | None]] = [
        ("generic:html:lang", normal(parsed.declared_lang)),
        (
            "generic:meta:language",
            normal(parsed.first_meta("content-language", "language", "og:locale", "dc.language")),
        ),
        *(("generic:ld:inLanguage", normal(ld_text(node.get("inLanguage")))) for node in parsed.articles[:1]),
    ]
    script = _by_script(text)
    for rule, lang in declared:
        if lang is None:
            continue
        primary = lang.partition("-")[0]
        if script and primary != script and primary not in _SAME_SCRIPT.get(script, ()):
            continue
        return Found(lang, rule)
    if script and script not in _SAME_SCRIPT:
        return Found(script, "generic:script")
    if len(text) >= 60:
        lang, sure = _model().classify(text[:3000])
        if sure > 0.5:
            return Found(normal(str(lang)), "generic:text")
    return Found(script, "generic:script") if script else Found(None)
