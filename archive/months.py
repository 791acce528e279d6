"""Days given with the month's name, in the languages that most newspapers are written in.

Reading "26 décembre 2024" by a table takes a few µs; the general parser of dates takes a thousand times
that, and a fifth of a second to import. It stays for all other languages and forms. A table also finds the
day inside a longer line ("Ann Lee / Apr 16, 2026, 14:04 IST"), which the parser does not.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NAMES = {
    "en": "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
    "|september sept sep|october oct|november nov|december dec",
    "fr": "janvier janv jan|février févr fév fevrier|mars|avril avr|mai|juin|juillet juil|août aout"
    "|septembre sept|octobre oct|novembre nov|décembre déc decembre",
    "de": "januar jan jänner jän|februar feb feber|märz mär mrz maerz|april apr|mai|juni jun|juli jul"
    "|august aug"
    "|september sept sep|oktober okt|november nov|dezember dez",
    "es": "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago"
    "|septiembre setiembre sept sep|octubre oct|noviembre nov|diciembre dic",
    "pt": "janeiro jan|fevereiro fev|março mar|abril abr|maio mai|junho jun|julho jul|agosto ago"
    "|setembro set|outubro out|novembro nov|dezembro dez",
    "it": "gennaio gen|febbraio feb|marzo mar|aprile apr|maggio mag|giugno giu|luglio lug|agosto ago"
    "|settembre set|ottobre ott|novembre nov|dicembre dic",
    "ca": "gener gen|febrer febr|març|abril abr|maig|juny|juliol jul|agost ag|setembre set|octubre oct"
    "|novembre nov"
    "|desembre des",
    "ro": "ianuarie ian|februarie feb|martie mar|aprilie apr|mai|iunie iun|iulie iul|august aug"
    "|septembrie sept sep"
    "|octombrie oct|noiembrie noi nov|decembrie dec",
    "nl": "januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug"
    "|september sept sep|oktober okt|november nov|december dec",
    "pl": "stycznia styczeń sty|lutego luty lut|marca marzec mar|kwietnia kwiecień kwi|maja maj"
    "|czerwca czerwiec cze"
    "|lipca lipiec lip|sierpnia sierpień sie|września wrzesień wrz|października październik paź"
    "|listopada listopad lis|grudnia grudzień gru",
    "ru": "января январь янв|февраля февраль февр фев|марта март мар|апреля апрель апр|мая май|июня июнь июн"
    "|июля июль июл|августа август авг|сентября сентябрь сент сен|октября октябрь окт|ноября ноябрь нояб ноя"
    "|декабря декабрь дек",
    "uk": "січня січ|лютого лют|березня бер|квітня квіт|травня трав|червня черв|липня лип|серпня серп"
    "|вересня вер|жовтня жовт|листопада лист|грудня груд",
    "bg": "януари ян|февруари февр|март|април апр|май|юни|юли|август авг|септември септ|октомври окт"
    "|ноември ноем|декември дек",
    "sr": "januar januara јануар јануара|februar februara фебруар фебруара|mart marta март марта"
    "|april aprila април априла|maj maja мај маја|jun juna jуни јун јуна|jul jula јул јула"
    "|avgust avgusta август августа|septembar septembra септембар септембра|oktobar oktobra октобар октобра"
    "|novembar novembra новембар новембра|decembar decembra децембар децембра",
    "hr": "siječnja|veljače|ožujka|travnja|svibnja|lipnja|srpnja|kolovoza|rujna|listopada|studenoga studenog"
    "|prosinca",
    "cs": "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince",
    "sk": "januára|februára|marca|apríla|mája|júna|júla|augusta|septembra|októbra|novembra|decembra",
    "hu": "január jan|február feb|március márc|április ápr|május máj|június jún|július júl|augusztus aug"
    "|szeptember szept|október okt|november nov|december dec",
    "sv": "januari jan|februari feb|mars|april apr|maj|juni jun|juli jul|augusti aug"
    "|september sept sep|oktober okt|november nov|december dec",
    "da": "januar jan|februar feb|marts mar|april apr|maj|juni jun|juli jul|august aug"
    "|september sept sep|oktober okt|november nov|december dec",
    "nb": "januar jan|februar feb|mars mar|april apr|mai|juni jun|juli jul|august aug"
    "|september sept sep|oktober okt|november nov|desember des",
    "fi": "tammikuuta tammikuu|helmikuuta helmikuu|maaliskuuta maaliskuu|huhtikuuta huhtikuu"
    "|toukokuuta toukokuu"
    "|kesäkuuta kesäkuu|heinäkuuta heinäkuu|elokuuta elokuu|syyskuuta syyskuu|lokakuuta lokakuu"
    "|marraskuuta marraskuu"
    "|joulukuuta joulukuu",
    "tr": "ocak oca|şubat şub|mart mar|nisan nis|mayıs may|haziran haz|temmuz tem|ağustos ağu|eylül eyl"
    "|ekim eki"
    "|kasım kasim kas|aralık aralik ara",
    # capitals have no accents
    "el": "ιανουαρίου ιανουαριου ιαν|φεβρουαρίου φεβρουαριου φεβ|μαρτίου μαρτιου μαρ|απριλίου απριλιου απρ"
    "|μαΐου μαϊου μαιου μάι μαι|ιουνίου ιουνιου ιουν|ιουλίου ιουλιου ιουλ|αυγούστου αυγουστου αυγ"
    "|σεπτεμβρίου σεπτεμβριου σεπ|οκτωβρίου οκτωβριου οκτ|νοεμβρίου νοεμβριου νοε|δεκεμβρίου δεκεμβριου δεκ",
    "id": "januari jan|februari feb|maret mar|april apr|mei|juni jun|juli jul|agustus agu ags"
    "|september sept sep|oktober okt|november nov|desember des",
    "ms": "januari jan|februari feb|mac|april apr|mei|jun|julai jul|ogos|september sept sep|oktober okt"
    "|november nov|disember dis",
    "sw": "januari|februari|machi|aprili|mei|juni|julai|agosti|septemba|oktoba|novemba|desemba",
    "ar": "يناير كانون_الثاني جانفي|فبراير شباط فيفري|مارس آذار اذار|أبريل إبريل ابريل نيسان أفريل"
    "|مايو أيار ايار ماي"
    "|يونيو يونية حزيران جوان|يوليو يولية تموز جويلية|أغسطس اغسطس آب أوت غشت|سبتمبر أيلول ايلول شتنبر"
    "|أكتوبر اكتوبر تشرين_الأول تشرين_الاول|نوفمبر تشرين_الثاني نونبر|ديسمبر كانون_الأول كانون_الاول دجنبر",
    "fa": "ژانویه ژانويه|فوریه فوريه|مارس|آوریل آوريل|مه می|ژوئن|ژوئیه ژوییه ژوئيه جولای|اوت آگوست|سپتامبر"
    "|اکتبر|نوامبر|دسامبر",
    "ur": "جنوری|فروری|مارچ|اپریل|مئی|جون|جولائی|اگست|ستمبر|اکتوبر|نومبر|دسمبر",
    "he": "ינואר בינואר|פברואר בפברואר|מרץ במרץ מרס|אפריל באפריל|מאי במאי|יוני ביוני|יולי ביולי"
    "|אוגוסט באוגוסט"
    "|ספטמבר בספטמבר|אוקטובר באוקטובר|נובמבר בנובמבר|דצמבר בדצמבר",
    "hi": "जनवरी जन|फरवरी फ़रवरी फर|मार्च|अप्रैल अप्रेल|मई|जून|जुलाई|अगस्त अग|सितंबर सितम्बर सित|अक्टूबर अक्तूबर अक्तू"
    "|नवंबर नवम्बर नव|दिसंबर दिसम्बर दिस",
    "mr": "जानेवारी|फेब्रुवारी|मार्च|एप्रिल|मे|जून|जुलै|ऑगस्ट|सप्टेंबर|ऑक्टोबर|नोव्हेंबर|डिसेंबर",
    "bn": "জানুয়ারি জানুয়ারি জানুয়ারী|ফেব্রুয়ারি ফেব্রুয়ারি|মার্চ|এপ্রিল|মে|জুন|জুলাই|আগস্ট|সেপ্টেম্বর|অক্টোবর|নভেম্বর|ডিসেম্বর",
    "ta": "ஜனவரி|பிப்ரவரி|மார்ச்|ஏப்ரல்|மே|ஜூன்|ஜூலை|ஆகஸ்ட்|செப்டம்பர்|அக்டோபர்|நவம்பர்|டிசம்பர்",
    "th": "มกราคม ม.ค.|กุมภาพันธ์ ก.พ.|มีนาคม มี.ค.|เมษายน เม.ย.|พฤษภาคม พ.ค.|มิถุนายน มิ.ย.|กรกฎาคม ก.ค."
    "|สิงหาคม ส.ค.|กันยายน ก.ย.|ตุลาคม ต.ค.|พฤศจิกายน พ.ย.|ธันวาคม ธ.ค.",
}
"""Language (ISO 639-1) → twelve months, each in its spellings; `_` for a space inside one."""
_SAME = {
    "no": "nb",
    "nn": "nb",
    "bs": "hr",
    "sh": "sr",
    "mk": "bg",
    "ne": "hi",
    "gl": "pt",
    "af": "nl",
    "fil": "en",
}
_JALALI = [
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن",
    "اسفند",
]  # fmt: skip
_BETWEEN = r"(?:\s*[-/,]\s*|\.?\s+(?:de\s+|del\s+|d['’]|of\s+)?|\s*)"
_YEAR = r"((?:1[34]|19|20|24|25)\d\d)(?!\d)"
_VIETNAMESE = re.compile(
    r"(?<!\d)(\d{1,2})\s*tháng\s*(\d{1,2})\s*(?:,|năm|-|/)?\s*(?:năm\s*)?" + _YEAR, re.IGNORECASE
)


@lru_cache(maxsize=64)
def _months(lang: str) -> dict[str, int]:
    months = enumerate(_NAMES.get(lang, "").split("|"), 1)
    return {name.replace("_", " "): number for number, names in months for name in names.split()}


@lru_cache(maxsize=64)
def _pattern(lang: str) -> re.Pattern[str]:
    names = sorted({*_months(lang), *(_JALALI if lang == "fa" else ())}, key=len, reverse=True)
    either = "|".join(map(re.escape, names))
    # "26 ديسمبر/كانون الأول 2024": papers of the Arab world give both names
    one = rf"({either})(?![^\W\d_])\.?(?:\s*/\s*(?:{either})(?![^\W\d_]))?"
    ordinal = r"(?:st|nd|rd|th|er|[ºª°.])?"
    year = rf"(?:\s*,|\s*[-/])?\s*(?:de\s+|del\s+|of\s+|i\s+|año\s+|سنة\s+|พ\.ศ\.\s*|ค\.ศ\.\s*)?{_YEAR}"
    return re.compile(
        rf"(?<!\d)(\d{{1,2}}){ordinal}{_BETWEEN}{one}{year}"
        rf"|(?<![^\W\d_]){one}\s*(\d{{1,2}}){ordinal}{year}"
        rf"|(?<!\d){_YEAR}(?:\.|\s*m\.|\.?\s*gada)?\s*{one}\s*(\d{{1,2}})(?!\d)",
        re.IGNORECASE,
    )


def has_months(lang: str) -> bool:
    """Say whether the names of a language (ISO 639-1) stand here."""
    return _SAME.get(lang, lang) in _NAMES


_SCRIPTS = (
    (re.compile("[\u0e00-\u0e7f]"), ("th",)),
    (re.compile("[\u0600-\u06ff]"), ("ar", "fa", "ur")),
    (re.compile("[\u0900-\u097f]"), ("hi", "mr")),
    (re.compile("[\u0980-\u09ff]"), ("bn",)),
    (re.compile("[\u0b80-\u0bff]"), ("ta",)),
    (re.compile("[\u0590-\u05ff]"), ("he",)),
    (re.compile("[\u0370-\u03ff]"), ("el",)),
    (re.compile("[\u0400-\u04ff]"), ("ru", "uk", "bg", "sr")),
)


def languages_of_script(text: str) -> tuple[str, ...]:
    """Return the languages with names here that are written as a text is; () for the Latin script."""
    if text.isascii():
        return ()
    return next((languages for pattern, languages in _SCRIPTS if pattern.search(text)), ())


def named_day(text: str, languages: tuple[str, ...]) -> tuple[int, int, int] | None:
    """Return (year, month, day) of the first day in a text whose month has a name in one of the languages,
    the first first; the year as written. Months of the Persian calendar are 101 … 112.
    """
    found = _VIETNAMESE.search(text) if "th" in text.lower() else None
    if found:
        return int(found[3]), int(found[2]), int(found[1])
    for lang in languages:
        name = _SAME.get(lang, lang)
        match = _pattern(name).search(text) if name in _NAMES else None
        if match is None:
            continue
        g = match.groups()
        day, month, year = (g[0], g[1], g[2]) if g[0] else (g[4], g[3], g[5]) if g[3] else (g[8], g[7], g[6])
        folded = month.lower()
        number = _months(name).get(folded) or (101 + _JALALI.index(month) if month in _JALALI else 0)
        if number:
            return int(year), number, int(day)
    return None
