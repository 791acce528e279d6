"""The editions of the newspaper, in the order of its front page."""

from __future__ import annotations

from tests.newsroom.languages.ar import ARABIC
from tests.newsroom.languages.en import ENGLISH
from tests.newsroom.languages.fr import FRENCH
from tests.newsroom.languages.grammar import LABELS, Language, Topic, Writer
from tests.newsroom.languages.th import THAI
from tests.newsroom.languages.vi import VIETNAMESE
from tests.newsroom.languages.zh import CHINESE

LANGUAGES: dict[str, Language] = {
    language.code: language for language in (FRENCH, VIETNAMESE, ENGLISH, CHINESE, ARABIC, THAI)
}

__all__ = ["LABELS", "LANGUAGES", "Language", "Topic", "Writer"]
