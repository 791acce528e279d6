"""Years as other calendars count them → the Gregorian year: Japan's eras, the Republic of China's years,
Thailand's Buddhist era, Iran's solar years; and years, months and days written in Chinese numerals.
"""

from __future__ import annotations

import re
from datetime import date

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s*(元|\d{{1,3}})\s*年")
_HAN = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_HAN_DIGITS = "".join(_HAN)
_HAN_YEAR = re.compile(rf"[{_HAN_DIGITS}]{{4}}(?=年)")
_HAN_PART = re.compile(rf"(?<=[年月])([{_HAN_DIGITS}十廿]{{1,3}})(?=[月日号])")
_JALALI_YEARS = range(1350, 1416)
"""1971 … 2036. The lunar years of Islam have reached 1390 in 1970 and stand above this range since 1996."""
_JALALI_EPOCH = 356_033
"""Days by the count of `_from_jalali` at which the ordinals of Python's dates begin: 6 Dey 1403 is
26/12/2024.
"""
_CYCLE = 33


def gregorian(text: str) -> str:
    """Return a date string with the years of Japan's and Taiwan's eras, and Chinese numerals, as digits of
    our era.
    """
    if "年" not in text:
        return text
    text = _HAN_YEAR.sub(lambda m: "".join(str(_HAN[char]) for char in m[0]), text)
    text = _HAN_PART.sub(lambda m: str(_han_number(m[1])), text)
    return _ERA.sub(lambda m: f"{_ERAS[m[1]] + (1 if m[2] == '元' else int(m[2]))}年", text)


def _han_number(text: str) -> int:
    text = text.replace("廿", "二十")
    tens, ten, ones = text.rpartition("十")
    return (_HAN.get(tens[-1:], 1) * 10 if ten else 0) + _HAN.get(ones[-1:], 0)


def day_of(year: int, month: int, day: int) -> date | None:
    """Return the day that (year, month, day) names, in whichever calendar the year is likely to be of: two
    digits, ours, the Buddhist (2440 …), Iran's (1350 … 1415). None: there is no such day.
    """
    if year < 100:
        year += 2000 if year < 70 else 1900
    if 2440 <= year <= 2650:
        year -= 543
    if year in _JALALI_YEARS:
        return _from_jalali(year, month, day)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_jalali(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian day of Iran's solar calendar. Leap years by the cycle of 33 years, which holds
    for all years of the range.
    """
    months = 31 if month <= 6 else 30
    if not (1 <= month <= 12 and 1 <= day <= months):
        return None
    shifted = year + 1595
    days = 365 * shifted + shifted // _CYCLE * 8 + (shifted % _CYCLE + 3) // 4
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return date.fromordinal(days + day - _JALALI_EPOCH)
