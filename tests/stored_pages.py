"""A small collection made of known pages, without a network: five languages, two layouts, one hostile page."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import evolve, frozen

from archive.index.store import Index
from archive.model import Capture, Found, RevisitOf, StoredCapture
from archive.process import Processor
from archive.settings import Settings, load_settings
from archive.sites.registry import Registry
from archive.warc.records import WarcInfo
from archive.warc.writer import WarcWriter

HOST = "https://journal.example"
START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@frozen
class Story:
    lang: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]


STORIES = (
    Story(
        "fr",
        "Hanoï accueille le sommet de l’ONU sur la cybercriminalité",
        "Plus de cent pays signent la convention au Vietnam.",
        (
            "Hanoï (VNA) – Les délégations de plus de cent pays sont arrivées samedi dans la capitale vietnamienne.",
            "Le président a salué « une étape historique » dans la coopération internationale contre la cybercriminalité.",
            "Les travaux se poursuivent dimanche avec des ateliers sur l’entraide judiciaire et la preuve électronique.",
        ),
    ),
    Story(
        "vi",
        "Hà Nội đăng cai lễ ký Công ước Liên hợp quốc về tội phạm mạng",
        "Hơn một trăm quốc gia tham dự lễ ký tại Hà Nội.",
        (
            "Các đoàn đại biểu từ hơn một trăm quốc gia đã có mặt tại thủ đô Hà Nội để dự lễ ký công ước.",
            "Chủ tịch nước nhấn mạnh đây là dấu mốc lịch sử trong hợp tác quốc tế về an ninh mạng và công lý.",
            "Các phiên thảo luận tiếp tục vào ngày chủ nhật với nhiều chuyên đề khác nhau.",
        ),
    ),
    Story(
        "zh",
        "河内举行联合国打击网络犯罪公约签署仪式",
        "一百多个国家的代表出席。",
        (
            "来自一百多个国家的代表团周六抵达越南首都河内，参加联合国打击网络犯罪公约的签署仪式，会议为期两天。",
            "国家主席表示，这是打击网络犯罪国际合作的历史性一步，越南愿与各方加强合作，共同维护网络空间的安全。",
        ),
    ),
    Story(
        "ar",
        "هانوي تستضيف قمة الأمم المتحدة لمكافحة الجرائم الإلكترونية",
        "أكثر من مئة دولة توقع الاتفاقية.",
        (
            "وصلت وفود من أكثر من مئة دولة إلى العاصمة الفيتنامية هانوي للمشاركة في مراسم توقيع اتفاقية الأمم المتحدة.",
            "وقال الرئيس إن هذه خطوة تاريخية في التعاون الدولي ضد الجريمة الإلكترونية وحماية الفضاء الرقمي للجميع.",
        ),
    ),
    Story(
        "th",
        "ฮานอยเป็นเจ้าภาพการประชุมสหประชาชาติว่าด้วยอาชญากรรมไซเบอร์",
        "กว่าหนึ่งร้อยประเทศลงนาม",
        (
            "คณะผู้แทนจากกว่าหนึ่งร้อยประเทศเดินทางถึงกรุงฮานอยเมืองหลวงของเวียดนามเพื่อร่วมพิธีลงนามอนุสัญญาสหประชาชาติ",
            "ประธานาธิบดีกล่าวว่านี่เป็นก้าวประวัติศาสตร์ของความร่วมมือระหว่างประเทศในการต่อต้านอาชญากรรมไซเบอร์",
        ),
    ),
)

PROFILE = """
name = "Le Journal"
domains = ["journal.example"]
article_id = '/article-([a-z]+-\\d+)'
[[layout]]
id = "first"
probe = "css:article.main"
title = "css:article.main h1"
lead = "css:p.sapo"
paragraphs = "css:.content > p"
"""


def page_of(story: Story, number: int = 1, *, title: str | None = None) -> bytes:
    others = [other for other in STORIES if other is not story]
    boxes = "".join(
        f'<article class="story"><h3><a href="/{it.lang}/article-{it.lang}-{number}.html">{it.title}</a></h3></article>'
        for it in others[:2]
    )
    return f"""<!doctype html><html lang="{story.lang}"><head><meta charset="utf-8"><title>{story.title}</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="2026-10-{number:02d}T08:00:00+07:00"></head>
<body><article class="main"><div class="rubrique">Monde</div><h1>{title or story.title}</h1><p class="sapo">{story.lead}</p>
<div class="content">{"".join(f"<p>{text}</p>" for text in story.paragraphs)}
<figure><img src="/images/{number}.jpg"><figcaption>La salle, numéro {number}. Photo : VNA</figcaption></figure></div></article>
<aside><h2>Voir plus</h2>{boxes}</aside></body></html>""".encode()


def url_of(story: Story, number: int = 1) -> str:
    return f"{HOST}/{story.lang}/article-{story.lang}-{number}.html"


def capture_of(url: str, payload: bytes, when: datetime, *, packed: bool = False) -> Capture:
    body = gzip.compress(payload, mtime=0) if packed else payload
    coding = "Content-Encoding: gzip\r\n" if packed else ""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{coding}Content-Length: {len(body)}\r\n\r\n"
    return Capture(
        url=url,
        fetched_at=when,
        request=f"GET / HTTP/1.1\r\nHost: {url.split('/')[2]}\r\n\r\n".encode(),
        head=head.encode(),
        body=body,
        ip="192.0.2.1",
        protocol=("http/1.1",),
        found=Found(by="section", via=f"{HOST}/"),
    )


def captures(numbers: int = 1) -> list[Capture]:
    """Return one capture of every story, `numbers` times, in time."""
    found = []
    for number in range(1, numbers + 1):
        for place, story in enumerate(STORIES):
            when = START + timedelta(minutes=len(found))
            found.append(
                capture_of(url_of(story, number), page_of(story, number), when, packed=place % 2 == 0)
            )
    return found


def write(settings: Settings, wanted: list[Capture], *, extract: bool = True) -> list[StoredCapture]:
    """Archive captures as a crawl does: WARC, fields, index."""
    info = WarcInfo(software="test/1", run_id="run-of-the-test")
    written = []
    with (
        Index.open(settings.index_path, create=True) as index,
        WarcWriter(
            settings.collection, info, prefix="test", roll_over_bytes=1 << 30, fsync_seconds=0.5
        ) as writer,
    ):
        processor = Processor(Registry.load(settings.sites_folder), writer, index, settings)
        for capture in wanted:
            stored = writer.write_capture(capture)
            assert isinstance(stored, StoredCapture)
            index.put(stored)
            written.append(stored)
            if extract:
                processor.process(stored)
        for file in writer.close():
            index.put(file)
    return written


def revisits_of(stored: list[StoredCapture], days: int = 1) -> list[Capture]:
    """Return the same pages, byte for byte, some days later."""
    return [
        evolve(
            one.capture,
            fetched_at=one.capture.fetched_at + timedelta(days=days),
            revisit_of=RevisitOf(
                record_id=one.location.record_id,
                url=one.capture.url,
                fetched_at=one.capture.fetched_at,
                payload_digest=one.payload_digest,
            ),
        )
        for one in stored
    ]


def make_collection(
    folder: Path, numbers: int = 1, *, profile: str | None = None, extract: bool = True
) -> Settings:
    """Make a collection of `5 * numbers` articles."""
    for name in ("sites", "warc", "log"):
        (folder / name).mkdir(parents=True)
    (folder / "hemeroteca.toml").write_text('operator = "A library"\n', encoding="utf-8")
    if profile is not None:
        (folder / "sites" / "journal.toml").write_text(profile, encoding="utf-8")
    settings = load_settings(folder, environ={})
    write(settings, captures(numbers), extract=extract)
    return settings
