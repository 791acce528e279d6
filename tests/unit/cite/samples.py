"""Citations in five languages, and texts that break formats."""

from __future__ import annotations

import attrs

from archive.cite import Citation
from archive.cite.names import name_of

RECORD = "<urn:uuid:36cbc2ff-d863-434d-9863-0f055258a67e>"
DIGEST = "sha1:PHQ3MUSLAK5WTY5ZQRQZXKTOQUJPAGV5"

PLAIN = Citation(
    ref="5b15yr84an57",
    version=2,
    site="vietnamplus-fr",
    newspaper="VietnamPlus",
    publisher="Agence vietnamienne d'Information (VNA)",
    authors=(name_of("Mireille Aubrac", "fr"), name_of("Nguyễn Văn An", "fr")),
    agency="VNA",
    title="« Rien ne sera plus comme avant » : la pêche, vue de près",
    section="Économie",
    lang="fr",
    published="2024-11-07T08:29:50+07:00",
    modified="2024-11-08",
    url="https://fr.example/rien-ne-sera_plus.html?a=1&b=%C3%A9#x",
    captured_at="2026-11-24T00:39:37.003613+00:00",
    record_id=RECORD,
    record_type="response",
    payload_digest=DIGEST,
    file="warc/2026/11/x.warc.gz",
    offset=417696,
    length=4427,
)

AUTHORS = {
    "fr": ("Mireille Aubrac", "Jean de La Fontaine", "Thanh Nga"),
    "vi": ("Nguyễn Văn An", "Trần Thị Bích"),
    "zh": ("毛泽东", "欧阳娜娜"),
    "ar": ("محمد عبد الله", "نجيب محفوظ"),
    "th": ("สมชาย ใจดี",),
}
TITLES = {
    "fr": "L’Europe à 100 % : « oui & non »",
    "vi": "Hà Nội đăng cai lễ ký Công ước",
    "zh": "河内举行签署仪式：“历史性一步”",
    "ar": "هانوي تستضيف قمة الأمم المتحدة",
    "th": "ฮานอยเป็นเจ้าภาพการประชุม",
}
LANGUAGES = {
    lang: attrs.evolve(
        PLAIN,
        lang=lang,
        title=TITLES[lang],
        authors=tuple(name_of(name, lang) for name in AUTHORS[lang]),
        ref=f"0000000000{lang}",
    )
    for lang in AUTHORS
}
HOSTILE = (
    r"50 % & 100 $ #1 a_b ~ ^ \ { } \emph{x}",
    "unbalanced } brace { and }}",
    "ends in a backslash \\",
    'she said "no" @article{x, title = {y}}',
    "two\r\nlines\nER  - \nTY  - BOOK",
    "tab\tnull\x00bell\x07\u2028line\u202eturned\u202c",
    "lone \ud800 surrogate",
    "\u200fهانوي\u200e (2026)",
    "a and b, c and d; e",
    "=1+1",
    "% all is a comment",
)
