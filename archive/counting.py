"""Numbers with their words: "1 article", "2,040 articles"."""

from __future__ import annotations


def count_of(number: float, one: str, many: str | None = None) -> str:
    """Write "1 article", "2,040 articles", "1.5 minutes"."""
    shown = f"{number:,}" if isinstance(number, int) else f"{number:,g}"
    return f"{shown} {one if number == 1 else many or one + 's'}"


def counted(name: str, number: int) -> str:
    """Write a count of a run by its name: "1 new article" of `new_articles`, "2 empty pages" of
    `verdict_empty`, "3 fetched" of `fetched`.
    """
    if name.startswith("verdict_"):
        kind = name.removeprefix("verdict_").removesuffix("_page")
        return count_of(number, f"{kind} page")
    words = name.replace("_", " ")
    return count_of(number, words.removesuffix("s"), words)
