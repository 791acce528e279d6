"""Photos of the article: which elements are one, which image a caption belongs to, what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html as lxml_html

from archive.extract import extract
from archive.extract.captions import parted
from archive.extract.house_credits import with_house_credits
from archive.model import Article, Page, Photo

TEXT = {
    "fr": "Le conseil municipal a adopté mardi soir le budget de la ville après un débat de quatre heures, pendant lequel"
    " l'opposition a demandé en vain que les travaux du théâtre soient remis à l'année prochaine.",
    "vi": "Hội đồng nhân dân thành phố chiều thứ ba đã thông qua ngân sách năm tới sau bốn giờ thảo luận, trong đó nhiều"
    " đại biểu đề nghị dành thêm kinh phí cho trường học và các tuyến xe buýt ở ngoại thành.",
    "zh": "市议会星期二晚上经过四个小时的辩论通过了下一年度的预算，反对派要求把剧院的翻修工程推迟到明年，但没有获得足够的支持，"
    "市长表示新的学校和公共汽车线路将按计划开工。",
    "ar": "أقر المجلس البلدي مساء الثلاثاء ميزانية المدينة بعد نقاش دام أربع ساعات طالبت خلاله المعارضة بتأجيل أعمال ترميم"
    " المسرح إلى العام المقبل من دون أن تنجح في ذلك.",
}


def article(inner: str, lang: str = "fr") -> Article:
    """Extract a page whose article has this inside its text."""
    first, *rest = paragraphs(lang)
    text = f"<p>{first}</p>{inner}" + "".join(f"<p>{paragraph}</p>" for paragraph in rest)
    markup = f"""<html lang={lang}><head><meta charset=utf-8><meta property="og:type" content="article"></head><body>
      <article><h1>Le budget de la ville est adopté</h1>{text}</article></body></html>"""
    page = Page(
        url="https://www.journal.example/ville/le-budget-de-la-ville-20260501.html",
        payload=markup.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 5, 1, tzinfo=UTC),
    )
    found = extract(page).article
    assert found is not None
    return found


def paragraphs(lang: str) -> list[str]:
    return [f"{TEXT[lang]} ({number})" for number in ("I", "II", "III")]


@pytest.mark.parametrize(
    ("inner", "lang", "expected"),
    [
        (  # names made by a machine: what a figure says beside its image
            """<figure class="css-1a"><div class="css-2b"><img src="/1.jpg"></div><div class="css-3c"><span
            class="css-4d">Khán giả xếp hàng trước nhà hát sáng nay.</span><span class="css-5e">Ảnh: TTXVN</span></div></figure>""",
            "vi",
            [("1.jpg", "Khán giả xếp hàng trước nhà hát sáng nay.", "TTXVN")],
        ),
        (  # names made by a machine, no figure: an image and a line in another type than the paragraphs around
            """<div class="css-1a"><div class="css-2b"><img src="/1.jpg"></div><div class="css-3c">واجهة المسرح القديم بعد
            إغلاق أبوابه أمام الجمهور</div></div>""",
            "ar",
            [("1.jpg", "واجهة المسرح القديم بعد إغلاق أبوابه أمام الجمهور", None)],
        ),
        (  # a gallery in one figure: each caption has its image
            """<figure class="gallery"><figure><img src="/1.jpg"><figcaption>Chợ nổi. Ảnh: TTXVN</figcaption></figure>
            <figure><img src="/2.jpg"><figcaption>Bến xe. Ảnh: TTXVN</figcaption></figure></figure>""",
            "vi",
            [("1.jpg", "Chợ nổi.", "TTXVN"), ("2.jpg", "Bến xe.", "TTXVN")],
        ),
        (  # several images and captions side by side in one figure
            """<figure><img src="/1.jpg"><figcaption>市议会。新华社记者 王小明 摄</figcaption>
            <img src="/2.jpg"><figcaption>剧院。</figcaption></figure>""",
            "zh",
            [("1.jpg", "市议会。", "新华社记者 王小明"), ("2.jpg", "剧院。", None)],
        ),
        (  # the caption stands beside the figure
            """<div class="x"><figure><img src="/1.jpg"></figure>
            <figcaption><span class="caption">La place du marché</span> <span class="credit">(Image: Ville)</span></figcaption></div>""",
            "fr",
            [("1.jpg", "La place du marché", "Ville")],
        ),
        (  # caption and credit in two captions
            """<figure><img src="/1.jpg"><div class="caption"><figcaption itemprop="caption">La salle du conseil</figcaption>
            <figcaption itemprop="author">Photo : Jeanne Roux</figcaption></div></figure>""",
            "fr",
            [("1.jpg", "La salle du conseil", "Jeanne Roux")],
        ),
        (  # a credit laid over the image
            """<figure><div><img src="/1.jpg"><small class="tag">© Jeanne Roux</small></div>
            <figcaption>La salle du conseil</figcaption></figure>""",
            "fr",
            [("1.jpg", "La salle du conseil", "Jeanne Roux")],
        ),
        (  # no class says so, but the image repeats the line as its title
            """<div class="w-full"><img src="/1.jpg" title="Le théâtre municipal en travaux">
            <div><small class="t">Le théâtre municipal en travaux</small> <small class="u">© Ville</small></div></div>""",
            "fr",
            [("1.jpg", "Le théâtre municipal en travaux", "Ville")],
        ),
        (  # the credit is stated by the image's title alone
            """<div class="media"><img src="/1.jpg" title="Le théâtre | Source: AFP / Roux"><div class="mediaInfo">
            <p class="infotext">Le théâtre en travaux depuis un an</p></div></div>""",
            "fr",
            [("1.jpg", "Le théâtre en travaux depuis un an", "AFP / Roux")],
        ),
        (  # an image that opens large on a click
            """<button class="viewer"><figure><img src="/1.jpg"></figure><figcaption>المجلس البلدي <span class="source">رويترز</span>
            </figcaption></button>""",
            "ar",
            [("1.jpg", "المجلس البلدي", "رويترز")],
        ),
        (  # a placeholder and the image in noscript
            """<figure><img src="data:image/gif;base64,R0lGOD"><noscript><img src="/1.jpg"></noscript>
            <figcaption>La place du marché</figcaption></figure>""",
            "fr",
            [("1.jpg", "La place du marché", None)],
        ),
        (  # the large sizes are stated by the sources of the picture
            """<figure><picture><source srcset="/s.jpg 100w, /1.jpg 2000w"><img src="/tiny.jpg"></picture>
            <figcaption>La place du marché</figcaption></figure>""",
            "fr",
            [("1.jpg", "La place du marché", None)],
        ),
        (  # a lazy address in an attribute that only this site knows
            """<figure><img src="data:image/gif;base64,R0lGOD" data-zoom="/1.jpg?w=900">
            <figcaption>La place du marché</figcaption></figure>""",
            "fr",
            [("1.jpg?w=900", "La place du marché", None)],
        ),
        (  # a table of old pages
            """<table class="picture"><tr><td><img src="/1.jpg"></td></tr><tr><td class="caption">Chợ nổi. Ảnh: TTXVN</td></tr></table>""",
            "vi",
            [("1.jpg", "Chợ nổi.", "TTXVN")],
        ),
        (  # one photo shown twice
            """<figure><img src="/1.jpg"><figcaption>La place du marché</figcaption></figure>
            <figure><img src="/1b.jpg"><figcaption>La place du marché</figcaption></figure>""",
            "fr",
            [("1.jpg", "La place du marché", None)],
        ),
        (  # a labelled credit makes a box a photo, whatever its class
            """<div class="max-w"><span class="block">Foto: Jeanne Roux</span><img src="/1.jpg">
            <div class="text-base">Le conseil pendant le débat du budget</div></div>""",
            "fr",
            [("1.jpg", "Le conseil pendant le débat du budget", "Jeanne Roux")],
        ),
        (  # a caption in an inline element
            """<div class="std"><a href="/1.html"><img src="/1.jpg"></a> <span class="caption small">La place du marché</span></div>""",
            "fr",
            [("1.jpg", "La place du marché", None)],
        ),
        (  # a component named cmp-, which is no consent dialog
            """<div class="cmp-image"><img src="/1.jpg"><p class="cmp-image__caption">La place du marché</p></div>""",
            "fr",
            [("1.jpg", "La place du marché", None)],
        ),
        (  # the line below an image ends in a credit
            """<div style="x"><img src="/1.jpg"></div><div class="t9">市议会开会。王小明摄</div>""",
            "zh",
            [("1.jpg", "市议会开会。", "王小明")],
        ),
        (  # a line set in the middle with its image
            """<p class="f_center"><img src="/1.jpg"><br>市议会会场外的市民<br></p>""",
            "zh",
            [("1.jpg", "市议会会场外的市民", None)],
        ),
        (  # a slide of a photo box
            """<div class="photoArea"><ul class="slides"><li><img src="/1.jpg"><p class="txt">La place du marché</p></li></ul></div>""",
            "fr",
            [("1.jpg", "La place du marché", None)],
        ),
        (  # the banner of a story is no advert
            """<div data-testid="article-banner"><img src="/1.jpg" title="Le théâtre municipal en travaux">
            <div class="p-2">Le théâtre municipal en travaux</div></div>""",
            "fr",
            [("1.jpg", "Le théâtre municipal en travaux", None)],
        ),
        (  # what is named credits holds caption and credit
            """<div class="imgBox"><img src="/1.jpg"><span class="imageCredits"><div class="image-description">المجلس البلدي</div>
            <div class="image-credit">(رويترز)</div></span></div>""",
            "ar",
            [("1.jpg", "المجلس البلدي", "رويترز")],
        ),
        (  # the figure's own footer says whose it is
            """<figure><div><img src="/1.jpg"></div><figcaption>La place du marché</figcaption><footer>Ville de Port-Neuf</footer></figure>""",
            "fr",
            [("1.jpg", "La place du marché", "Ville de Port-Neuf")],
        ),
        (  # a compound names the box
            """<div class="absatzbild"><div class="m"><img src="/1.jpg"></div><div class="info"><p class="t">La place du marché</p></div></div>""",
            "fr",
            [("1.jpg", "La place du marché", None)],
        ),
        (  # no name says anything, but the line ends in a labelled credit
            """<div class="c1ow"><div class="i1"><picture><img src="/1.jpg"></picture></div>
            <div class="b1"><span class="c1p">Le conseil pendant le débat.</span><span class="q1">Source : AFP</span></div></div>""",
            "fr",
            [("1.jpg", "Le conseil pendant le débat.", "AFP")],
        ),
        (  # written into the text: an image in a paragraph, its caption in the next, both centred
            """<p style="text-align: center"><img src="/1.jpg"></p><p style="text-align: center">市议会会议现场</p>""",
            "zh",
            [("1.jpg", "市议会会议现场", None)],
        ),
        (  # the same, not centred, with a credit
            """<p><img src="/1.jpg"></p><p class="desc">市议会会议现场。本报记者 王小明摄</p>""",
            "zh",
            [("1.jpg", "市议会会议现场。", "本报记者 王小明")],
        ),
        ("""<figure><style>x {}</style><figcaption>Activez Javascript</figcaption></figure>""", "fr", []),
    ],
)
def test_photos_of_many_forms(inner, lang, expected):
    found = article(inner, lang)
    assert [(p.url and p.url.rpartition("/")[2], p.caption, p.credit) for p in found.photos] == expected
    assert [block.text for block in found.blocks] == paragraphs(lang), "captions are no part of the body"


@pytest.mark.parametrize(
    "inner",
    [
        # who wrote it
        """<figure><img src="/who.jpg"><figcaption><address>Par <a rel=author href=/x>Jeanne Roux</a></address>
        <time datetime="2026-05-01">1er mai 2026</time></figcaption></figure>""",
        # cards of other stories
        """<a href="/autre-article-123456.html"><figure><img src="/c.jpg"><figcaption>Une légende de carte</figcaption></figure>
        <h3>Un autre article du journal</h3></a>""",
        """<aside class="related"><figure><img src="/c.jpg"><figcaption>Une légende de carte</figcaption></figure></aside>""",
        # who is quoted
        """<div><img src="/who.jpg"><figure><blockquote>C'est un bon budget</blockquote></figure><figcaption>Jeanne Roux</figcaption></div>""",
        # a counting pixel
        """<figure><img src="/pixel.gif" width="1" height="1"></figure>""",
    ],
)
def test_what_is_no_photo_of_the_article(inner):
    assert article(inner).photos == ()


@pytest.mark.parametrize(
    ("markup", "caption", "credit"),
    [
        ("<span><p>Der Minister in Rom.</p></span><span>Philipp von Ritter/dpa</span>", "Der Minister in Rom.", "Philipp von Ritter/dpa"),
        ("<p><span>Two men in Lima.</span> <span>(U.S. District Court, Eastern District)</span></p>", "Two men in Lima.", "U.S. District Court, Eastern District"),
        ("<span>Rök över Kiev.<span> Foto: Dan Berg/AP</span></span><span hidden>Visa mer</span>", "Rök över Kiev.", "Dan Berg/AP"),
        ("The statehouse. (AP Photo/Jane Roe) <a href=x>more &gt;</a>", "The statehouse.", "AP Photo/Jane Roe"),
        ("Smoke in Gaza. REUTERS/Jane Roe <a href=x>Purchase Licensing Rights, opens new tab</a>", "Smoke in Gaza.", "REUTERS/Jane Roe"),
        ("<span class=vh><span class='visually-hidden'>Image caption, </span></span><p>Un champ de blé</p>", "Un champ de blé", ""),
        ("<span>Le budget</span><span class='x-credit'>Crédit : <em>AFP</em></span>", "Le budget", "AFP"),
        ("Le budget <cite>Jeanne Roux</cite>", "Le budget", "Jeanne Roux"),
        ("<span class='media-license'>– Jane Roe (CC BY 2.0)</span>", "", "Jane Roe (CC BY 2.0)"),
        ("<em>The minister</em> speaks with <b>Jane Doe</b>", "The minister speaks with Jane Doe", ""),
        ("<span class=a>Image credit: The Paper</span> <span class=credit>(Image credit: Firm)</span>", "", "Firm"),
        ("<span>国会議事堂</span><span>共同通信</span>", "国会議事堂", "共同通信"),
        ("ผู้นำประเทศ <span>ขอบคุณภาพจาก : ไทยรัฐ</span>", "ผู้นำประเทศ", "ไทยรัฐ"),
        ("<span class=x-credit><span class=x-credit-label>Credit</span>: Minky</span>", "", "Minky"),
        ("Un budget <span class=credit>Photo by Jo Roe</span> /<span class=distributor>X News</span>", "Un budget", "Jo Roe / X News"),
        ("Un budget (Archives) <span class=credit>AFP</span>", "Un budget (Archives)", "AFP"),
        (". Imagen: Télam", "", "Télam"),
        ("<p>[2/14]<span>Smoke in Gaza. REUTERS/Jane Roe</span></p>", "Smoke in Gaza.", "REUTERS/Jane Roe"),
        ("3 / 14 Un champ de blé", "Un champ de blé", ""),
        ("1/2 tonne de blé", "1/2 tonne de blé", ""),
        ("<div><p>Smoke in Gaza. (AP Photo/Jane Roe)</p></div><div class=pagination>1 of 3 |</div>", "Smoke in Gaza.", "AP Photo/Jane Roe"),
        ("To view this video please enable JavaScript, and consider a browser that supports HTML5 video", "", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_the_parts_of_a_caption(markup, caption, credit):
    assert parted(lxml_html.fromstring(f"<figcaption>{markup}</figcaption>")) == (caption, credit)


@pytest.mark.parametrize(
    ("lang", "caption", "label"),
    [
        ("fr", "Le maire présente le budget devant une salle comble à l'hôtel de ville mardi soir", "Photo : Anne Roux"),
        ("vi", "Các đại biểu biểu quyết thông qua ngân sách tại phiên họp chiều thứ ba ở hội trường", "Ảnh: Lê Minh"),
        ("ar", "رئيس البلدية يعرض الميزانية أمام القاعة الممتلئة مساء الثلاثاء في مبنى البلدية", "تصوير: سامي حداد"),
    ],
)  # fmt: skip
def test_a_caption_with_its_credit_in_one_box_is_no_text_of_the_body(lang, caption, label):
    photo = '<div class="image"><a href="/a.jpg"><img src="/a.jpg" width="800" height="500"></a></div>'
    box = f'<div class="image-box">{photo}<div class="info"><span class="caption">{caption}</span>'
    found = article(f'{box} <span class="credit">{label}</span></div></div>', lang)
    assert [one.caption for one in found.photos] == [caption]
    assert not any(caption in block.text for block in found.blocks)
    assert len(found.blocks) == len(paragraphs(lang))


@pytest.mark.parametrize(
    ("lang", "button", "caption"),
    [
        ("de", "Vergrößern", "Der Gemeinderat bei der Abstimmung am Montag"),
        ("fr", "Agrandir", "Le conseil municipal lors du vote de mardi"),
        ("vi", "Phóng to", "Hội đồng nhân dân thành phố biểu quyết chiều thứ ba"),
        ("zh", "放大", "市议会星期二晚上就下一年度预算进行表决的现场"),
        ("ar", "تكبير", "المجلس البلدي أثناء التصويت مساء الثلاثاء"),
        ("th", "ขยาย", "สภาเทศบาลลงมติร่างงบประมาณเมื่อคืนวันอังคาร"),
    ],
)
def test_a_button_to_see_a_photo_large_is_no_part_of_its_caption(lang, button, caption):
    inner = (
        f'<div class="visual inline"><img src="/1.jpg" alt="{caption}"><div class="description">'
        f'<a class="btn" href="/1-large.jpg"><strong>{button}</strong></a> <strong>{caption}</strong></div></div>'
    )
    found = article(inner, lang if lang in TEXT else "fr")
    assert [photo.caption for photo in found.photos] == [caption]
    assert [block.text for block in found.blocks] == paragraphs(lang if lang in TEXT else "fr")


def test_a_line_beside_a_photo_that_leads_to_another_story_is_no_caption():
    line = "Le conseil municipal lors du vote de mardi"
    inner = f'<div class=visual><img src="/1.jpg" alt="{line}"><div><a href="/a-b-c-d">{line}</a></div></div>'
    assert [photo.caption for photo in article(inner).photos] in ([], [None])


def test_a_name_under_a_portrait_is_no_caption():
    inner = """<div class="css-1a"><img src="/who.jpg"><div class="css-3c">Jean-Luc Marchand</div></div>"""
    assert [photo.caption for photo in article(inner).photos if photo.caption] == []


def test_a_paragraph_with_an_image_in_it_stays_a_paragraph():
    inner = """<p><img src="/1.jpg">Les travaux du théâtre commencent lundi, dit le maire.</p>"""
    assert "Les travaux du théâtre commencent lundi, dit le maire." in [b.text for b in article(inner).blocks]


def test_a_paragraph_below_an_image_is_text():
    text = "Le maire a salué un budget courageux et promis de revenir devant le conseil avant l'été."
    found = article(f"""<div><img src="/1.jpg"></div><p>{text}</p>""")
    assert [(p.caption, p.credit) for p in found.photos] == []
    assert text in [block.text for block in found.blocks]


@pytest.mark.parametrize(
    ("written", "caption", "credit"),
    [
        ("La place du marché (Le Journal)", "La place du marché", "Le Journal"),
        ("La place du marché - Jeanne Roux", "La place du marché", "Jeanne Roux"),
        ("La place du marché（Le Journal）", "La place du marché", "Le Journal"),
        ("Paul Dupont au conseil (Parti du Port)", "Paul Dupont au conseil (Parti du Port)", None),
        ("Jeanne Roux", "Jeanne Roux", None),
    ],
)
def test_a_credit_in_the_name_of_the_paper_or_the_author(written, caption, credit):
    photos = (Photo(url=None, caption=written, credit=None, alt=None),)
    found = with_house_credits(photos, ["Jeanne Roux", "Le Journal"])
    assert [(photo.caption, photo.credit) for photo in found] == [(caption, credit)]


def test_a_caption_is_no_lead():
    text = paragraphs("zh")
    page = f"""<html lang=zh><body><article><h1>市议会通过下一年度的预算</h1><div><p>{text[0]}</p>
      <p><img src="/1.jpg"></p><p class="image_desc">图为市议会开会的情形 南海新闻记者 王小明 图</p>
      <p>{text[1]}</p><p>{text[2]}</p></div></article></body></html>"""
    at = datetime(2026, 5, 1, tzinfo=UTC)
    url = "https://www.journal.example/ville/le-budget-20260501.html"
    found = extract(Page(url=url, payload=page.encode(), content_type="text/html", fetched_at=at)).article
    assert found is not None
    assert found.lead is None
    assert [photo.credit for photo in found.photos] == ["南海新闻记者 王小明"]
    assert [block.text for block in found.blocks] == text


@pytest.mark.parametrize(
    ("over", "credit"), [("Roe / Le Quai", "Roe / Le Quai"), ("Un port", None), ("2 photos", None)]
)
def test_a_name_that_lies_over_a_photo_is_its_credit(over, credit):
    inner = (
        f"<figure><div><img src=/a.jpg width=800 height=500><span class=x1>{over}</span></div>"
        "<figcaption><p>Un port au petit matin</p></figcaption></figure>"
    )
    (photo,) = article(inner).photos
    assert (photo.caption, photo.credit) == ("Un port au petit matin", credit)


@pytest.mark.parametrize(
    ("lines", "caption", "credit"),
    [
        (
            "<div>Un port au petit matin.</div><div>Jeanne Roux</div>",
            "Un port au petit matin.",
            "Jeanne Roux",
        ),
        (
            "<div>Un port au petit matin</div><div>/ Jeanne Roux</div>",
            "Un port au petit matin",
            "Jeanne Roux",
        ),
        ("<div>Un port au petit matin. Photo : Jeanne Roux</div>", "Un port au petit matin.", "Jeanne Roux"),
        ("<div>港の朝。写真：山田太郎</div>", "港の朝。", "山田太郎"),
    ],
)
def test_lines_below_a_photo_without_any_name_of_its_parts(lines, caption, credit):
    found = article(f"<div class=x1><div class=x2><img src=/a.jpg width=800></div>{lines}</div>").photos
    assert [(photo.caption, photo.credit) for photo in found] == [(caption, credit)]


@pytest.mark.parametrize("filling", ["1", "a1", "-", "1.", "image"])
def test_a_long_alt_text_or_srcset_is_read_in_the_time_of_its_length(filling):
    """Cubic patterns once made minutes of this: such a test would not end."""
    long = filling * 20_000
    found = article(f'<figure><img alt="{long}\n!" srcset="/1.jpg {long}w" src="/1.jpg"></figure>')
    assert [photo.url for photo in found.photos] == ["https://www.journal.example/1.jpg"]
