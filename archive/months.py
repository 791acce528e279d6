"""Names of months in the languages that most dates on pages are written in.

Reading "26 décembre 2024" by a table takes a few µs; the general parser of dates takes a thousand times that,
and a fifth of a second to import. It stays for all other languages and forms.
"""

from __future__ import annotations

from functools import lru_cache

_NAMES = {
    "en": "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
    "|september sept sep|october oct|november nov|december dec",
    "fr": "janvier janv|février févr fév|mars|avril avr|mai|juin|juillet juil|août"
    "|septembre sept|octobre oct|novembre nov|décembre déc",
    "de": "januar jan jänner|februar feb|märz mär mrz|april apr|mai|juni jun|juli jul|august aug"
    "|september sept sep|oktober okt|november nov|dezember dez",
    "es": "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago"
    "|septiembre setiembre sept sep|octubre oct|noviembre nov|diciembre dic",
    "pt": "janeiro jan|fevereiro fev|março mar|abril abr|maio mai|junho jun|julho jul|agosto ago"
    "|setembro set|outubro out|novembro nov|dezembro dez",
    "it": "gennaio gen|febbraio feb|marzo mar|aprile apr|maggio mag|giugno giu|luglio lug|agosto ago"
    "|settembre set|ottobre ott|novembre nov|dicembre dic",
    "nl": "januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug"
    "|september sep|oktober okt|november nov|december dec",
    "pl": "stycznia styczeń|lutego luty|marca marzec|kwietnia kwiecień|maja maj|czerwca czerwiec"
    "|lipca lipiec|sierpnia sierpień|września wrzesień|października październik|listopada listopad"
    "|grudnia grudzień",
    "ru": "января янв|февраля|марта мар|апреля апр|мая|июня июн|июля июл|августа авг"
    "|сентября сент|октября окт|ноября нояб|декабря дек",
    "tr": "ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık",
    "sv": "januari jan|februari feb|mars|april apr|maj|juni|juli|augusti aug"
    "|september sep|oktober okt|november nov|december dec",
    "da": "januar jan|februar feb|marts mar|april apr|maj|juni jun|juli jul|august aug"
    "|september sep|oktober okt|november nov|december dec",
    "nb": "januar jan|februar feb|mars mar|april apr|mai|juni jun|juli jul|august aug"
    "|september sep|oktober okt|november nov|desember des",
    "cs": "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince",
    "uk": "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня",
    "id": "januari jan|februari feb|maret|april apr|mei|juni jun|juli jul|agustus agu"
    "|september sep|oktober okt|november nov|desember des",
    "ar": "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
}
"""Language → twelve months, each in its spellings."""


@lru_cache(maxsize=64)
def _months(lang: str) -> dict[str, int]:
    months = enumerate(_NAMES.get(lang, "").split("|"), 1)
    return {name: number for number, names in months for name in names.split()}


def has_months(lang: str) -> bool:
    """Say whether the names of a language (ISO 639-1) stand here."""
    return lang in _NAMES


def month_of(name: str, languages: tuple[str, ...]) -> int | None:
    """Return the number of the month that a name, whatever its case, says in the first of the languages
    that has it.

    None: unknown, or a language comes first of which no names stand here.
    """
    folded = name.lower()
    for lang in languages:
        if lang not in _NAMES:
            return None
        number = _months(lang).get(folded)
        if number:
            return number
    return None
