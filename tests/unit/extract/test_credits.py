"""Where a caption ends and its credit begins, in the house styles of many languages; labels."""

from __future__ import annotations

import time

import pytest

from archive.extract.credits import split_credit, strip_label


@pytest.mark.parametrize(
    ("whole", "caption", "credit"),
    [
        # behind a label
        ("À Hanoï. Photo : VNA", "À Hanoï.", "VNA"),
        ("Un homme. Crédits photos : Jean Dupont/AFP", "Un homme.", "Jean Dupont/AFP"),
        ("Thủ tướng tại Hà Nội. Ảnh: TTXVN", "Thủ tướng tại Hà Nội.", "TTXVN"),
        ("Chợ nổi Cái Răng. Ảnh minh họa: Internet", "Chợ nổi Cái Răng.", "Internet"),
        ("Der Kanzler. Foto: dpa/Michael Kappeler", "Der Kanzler.", "dpa/Michael Kappeler"),
        ("A man walks. Photograph: John Doe/AFP", "A man walks.", "John Doe/AFP"),
        ("图为总理。图片来源：新华社", "图为总理。", "新华社"),
        ("Премьер. Фото: РИА Новости", "Премьер.", "РИА Новости"),
        ("Прем'єр у Києві (Фото: REUTERS)", "Прем'єр у Києві", "REUTERS"),
        ("พิธีเปิด ภาพ: AFP", "พิธีเปิด", "AFP"),
        ("الرئيس في باريس. المصدر: رويترز", "الرئيس في باريس.", "رويترز"),
        ("El rey. Fuente: EFE", "El rey.", "EFE"),
        ("O presidente. Crédito: Lusa", "O presidente.", "Lusa"),
        (
            "O presidente em Brasília — Foto: Ana Reis/Agência X",
            "O presidente em Brasília",
            "Ana Reis/Agência X",
        ),
        ("Il papa. Fonte: ANSA", "Il papa.", "ANSA"),
        ("Premier. Źródło: PAP", "Premier.", "PAP"),
        ("De koning. Bron: ANP", "De koning.", "ANP"),
        ("Statsministern. Foto: Anna Berg/TT", "Statsministern.", "Anna Berg/TT"),
        ("Pääministeri. Kuva: Aino Salo", "Pääministeri.", "Aino Salo"),
        ("A miniszterelnök. Fotó: Kiss Anna / MTI", "A miniszterelnök.", "Kiss Anna / MTI"),
        ("Premierul la București. Sursa foto: Agerpres", "Premierul la București.", "Agerpres"),
        ("Ο πρωθυπουργός. Φωτ.: ΑΠΕ", "Ο πρωθυπουργός.", "ΑΠΕ"),
        ("ראש הממשלה. צילום: רויטרס", "ראש הממשלה.", "רויטרס"),
        ("首相。写真：共同", "首相。", "共同"),
        ("대통령. 사진: 연합뉴스", "대통령.", "연합뉴스"),
        ("대통령이 말하고 있다. [사진=연합뉴스]", "대통령이 말하고 있다.", "연합뉴스"),
        ("图为渔民出海归来 南海新闻记者 王小明 图", "图为渔民出海归来", "南海新闻记者 王小明"),
        ("La place du marché au printemps - photo Luc Besse", "La place du marché au printemps", "Luc Besse"),
        (
            "Marta Schmidt gewinnt das Rennen - Bild der Woche",
            "Marta Schmidt gewinnt das Rennen - Bild der Woche",
            "",
        ),
        ("▲ 시청 앞 광장. /사진=연합뉴스", "시청 앞 광장.", "연합뉴스"),
        ("시청 앞 광장. 시립박물관 제공", "시청 앞 광장.", "시립박물관"),
        ("港を出る漁船＝共同", "港を出る漁船", "共同"),
        ("图为渔民出海 王小明 摄", "图为渔民出海", "王小明"),
        ("图为渔民出海 记者王小明摄", "图为渔民出海", "记者王小明"),
        ("El muelle. Gentileza: Ayuntamiento", "El muelle.", "Ayuntamiento"),
        ("A boat leaves. Photo by Ann Lee on Unsplash", "A boat leaves.", "Ann Lee on Unsplash"),
        ("La piazza di sera - RIPRODUZIONE RISERVATA", "La piazza di sera", ""),
        ("मुख्यमंत्री दिल्ली में। फोटो: पीटीआई", "मुख्यमंत्री दिल्ली में।", "पीटीआई"),
        ("প্রধানমন্ত্রী ঢাকায়। ছবি: বাসস", "প্রধানমন্ত্রী ঢাকায়।", "বাসস"),
        ("نخست وزیر در تهران. عکس: ایسنا", "نخست وزیر در تهران.", "ایسنا"),
        ("Başbakan. Kaynak: AA", "Başbakan.", "AA"),
        ("Presiden. Sumber: Antara", "Presiden.", "Antara"),
        ("Rais jijini Nairobi. Picha: Jane Otieno", "Rais jijini Nairobi.", "Jane Otieno"),
        ("Foto: dpa", "", "dpa"),
        ("Quelle: abc/Getty Images; Montage: Redaktion", "", "abc/Getty Images; Montage: Redaktion"),
        ("(Foto: dpa) Der Kanzler spricht im Bundestag.", "Der Kanzler spricht im Bundestag.", "dpa"),
        # the label belongs to the picture, and no credit follows
        (
            "Photo : La ministre devant la presse, le 12 août.",
            "La ministre devant la presse, le 12 août.",
            "",
        ),
        ("Video: So lief der Tag in Berlin gestern.", "So lief der Tag in Berlin gestern.", ""),
        # a sign
        ("Le ministre, le 12 août 2024. © AFP", "Le ministre, le 12 août 2024.", "AFP"),
        ("Премьер в Москве © РИА Новости / Илья Орлов", "Премьер в Москве", "РИА Новости / Илья Орлов"),
        # brackets
        ("The cat (AP Photo/John Doe)", "The cat", "AP Photo/John Doe"),
        ("Storms are expected on Friday. (NOAA/SPC)", "Storms are expected on Friday.", "NOAA/SPC"),
        (
            "A minister speaks in Lima. (Mario Rojas/Fotonoticias)",
            "A minister speaks in Lima.",
            "Mario Rojas/Fotonoticias",
        ),
        ("رئيس الوزراء في القاهرة (أ ف ب)", "رئيس الوزراء في القاهرة", "أ ف ب"),
        ("Menteri di Jakarta. (ANTARA FOTO/Budi)", "Menteri di Jakarta.", "ANTARA FOTO/Budi"),
        ("Presidenti a Roma (foto Ansa)", "Presidenti a Roma", "Ansa"),
        ("台北市長出席活動。（記者王小明／攝影）", "台北市長出席活動。", "記者王小明"),
        ("기자회견하는 장관 [연합뉴스 자료사진]", "기자회견하는 장관", "연합뉴스 자료사진"),
        # behind the last full stop
        ("A view of the city. REUTERS/Jane Roe", "A view of the city.", "REUTERS/Jane Roe"),
        ("À Paris, le 3 mai. LUDOVIC MARTIN / AFP", "À Paris, le 3 mai.", "LUDOVIC MARTIN / AFP"),
        (
            "Der Minister im Bundestag. Hannes P. Albrecht/dpa",
            "Der Minister im Bundestag.",
            "Hannes P. Albrecht/dpa",
        ),
        ("Premier w Warszawie. fot. Jan Kowalski/PAP", "Premier w Warszawie.", "Jan Kowalski/PAP"),
        ("The prime minister in London. Photo by Jane Roe", "The prime minister in London.", "Jane Roe"),
        ("总理出席会议。新华社记者 王小明 摄", "总理出席会议。", "新华社记者 王小明"),
        ("国会議事堂＝2024年1月1日、朝日太郎撮影", "国会議事堂＝2024年1月1日", "朝日太郎"),
        ("Ministras. V. Pavardė / BNS nuotr.", "Ministras.", "V. Pavardė / BNS"),
        ("Most z 1931 roku, fot. Jan Kowalski", "Most z 1931 roku", "Jan Kowalski"),
        # behind a bar
        ("Ein Blick auf Berlin | dpa", "Ein Blick auf Berlin", "dpa"),
        ("Premier w Warszawie | fot. Jan Kowalski", "Premier w Warszawie", "Jan Kowalski"),
        ("El presidente en Madrid / EFE", "El presidente en Madrid", "EFE"),
        # behind a dash that follows a full stop
        ("The mayor leaves the town hall. – TRIBUNEPIX", "The mayor leaves the town hall.", "TRIBUNEPIX"),
        ("The mayor leaves the town hall – AFP file pic", "The mayor leaves the town hall", "AFP file pic"),
        # behind a sign of the script's own width, behind its last comma or equals sign
        ("会見する市長（Ｃ）港町新聞", "会見する市長", "港町新聞"),
        ("列をつくる車（1日、港町）=共同", "列をつくる車（1日、港町）", "共同"),
        ("列をつくる車＝1日、港町、ロイター", "列をつくる車＝1日、港町", "ロイター"),
        ("列をつくる車＝港町提供", "列をつくる車", "港町"),
        ("시장이 회견장에 들어서고 있다. 항구시 제공", "시장이 회견장에 들어서고 있다.", "항구시"),
        ("시장이 회견장에 들어서고 있다. 이한결 기자", "시장이 회견장에 들어서고 있다.", "이한결"),
        ("Ibhuloho elidala. IZITHOMBE: Nomsa Zulu", "Ibhuloho elidala.", "Nomsa Zulu"),
        ("", "", ""),
    ],
)
def test_credits_at_the_end_of_captions(whole, caption, credit):
    assert split_credit(whole) == (caption, credit)


@pytest.mark.parametrize(
    "caption",
    [
        "A caption without any credit.",
        "Friedrich Merz (CDU/CSU)",
        "Mario Vogt (CDU) und Björn Hecke (AfD)",
        "Ein Haus in Berlin. (Symbolfoto)",
        "A cat on a mat (file photo)",
        "连战（左）与习近平握手（资料图）",
        "首相官邸＝2024年1月1日、東京都内で撮影",
        "Sen. Bernie Sanger speaks with Prof. Jane Doe",
        "The page is at: https://example.org/x",
        "Le train de 16:24 à quai",
        "The mayor walks home – alone, as every evening.",
        "섬 주민들이 배를 기다리고 있다. 시는 월요일부터 무료 배편 제공",
        "炊き出しを提供",
        "Vertreter von Volkswagen und IG Metall",
    ],
)
def test_captions_that_have_no_credit(caption):
    assert split_credit(caption) == (caption, "")


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("(© AFP)", "AFP"),
        ("Photo : Xinhua/VNA", "Xinhua/VNA"),
        ("Photo", "Photo"),
        ("Credit... Jane Roe for The Daily", "Jane Roe for The Daily"),
        ("Image source, Getty Images", "Getty Images"),
        ("Foto AFP", "AFP"),
        ("Bild erstellt mit KI", "Bild erstellt mit KI"),
        ("Picture Alliance/dpa", "Picture Alliance/dpa"),
        ("Jane Roe (CC BY 2.0)", "Jane Roe (CC BY 2.0)"),
        ("Nguồn ảnh: TTXVN", "TTXVN"),
        (None, ""),
        ("(…)", ""),
    ],
)
def test_labels(written, bare):
    assert strip_label(written) == bare


@pytest.mark.parametrize("filling", ["(", ")", "a. ", "Foto: ", "©", " | ", "（", "A. B. ", "/ "])
def test_hostile_captions_end_soon(filling):
    before = time.process_time()
    split_credit(filling * 4_000)
    strip_label(filling * 4_000)
    assert time.process_time() - before < 1


@pytest.mark.parametrize("text", ["nuotr", "Vilniaus nuotr", "Foto", "fot", "©"])
def test_a_text_that_is_a_label_without_its_dot_is_read(text):
    assert isinstance(strip_label(text), str)
    assert "".join(split_credit(text)) in {"", text}
