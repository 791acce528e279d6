from __future__ import annotations

import pytest

from archive.extract.agencies import agency_of
from archive.extract.dateline import dateline, sign_off
from archive.extract.newswire import split_credit, strip_label


@pytest.mark.parametrize(
    ("text", "raw", "place", "agency"),
    [
        ("Hanoï (VNA) – Le Premier ministre", "Hanoï (VNA) –", "Hanoï", "VNA"),
        ("Hanoi (VNA) - Le Premier ministre", "Hanoi (VNA) -", "Hanoi", "VNA"),
        ("Hanoï, 12 août (VNA) – Le", "Hanoï, 12 août (VNA) –", "Hanoï", "VNA"),
        ("PARIS, 12 août (AFP) - Le", "PARIS, 12 août (AFP) -", "PARIS", "AFP"),
        ("HANOI, Dec 26 (Reuters) - The", "HANOI, Dec 26 (Reuters) -", "HANOI", "Reuters"),
        ("HANOI, Vietnam (AP) — The", "HANOI, Vietnam (AP) —", "HANOI, Vietnam", "AP"),
        ("Berlin (dpa) - Der Kanzler", "Berlin (dpa) -", "Berlin", "dpa"),
        ("越通社河内——越南总理", "越通社河内——", "河内", "VNA"),
        ("新华社北京12月26日电 中国", "新华社北京12月26日电", "北京", "Xinhua"),
    ],
)
def test_datelines(text, raw, place, agency):
    found = dateline(text)
    assert found is not None
    assert (found.raw, found.place, found.agency) == (raw, place, agency)


@pytest.mark.parametrize("text", ["Le président (Renaissance) - a dit", "", None, "(photo) - x", "12 (AFP)"])
def test_no_dateline(text):
    assert dateline(text) is None


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("fin de la visite. –VNA", "–VNA"),
        ("a-t-il conclu. - VN A", "- VN A"),
        ("done./.", "./."),
        ("报道。（完）", "（完）"),
        ("un accord. -AVI", "-AVI"),
        ("Plain end.", None),
        ("", None),
    ],
)
def test_sign_offs(text, off):
    assert sign_off(text) == off


@pytest.mark.parametrize(
    ("whole", "caption", "credit"),
    [
        ("À Hanoï. Photo : VNA", "À Hanoï.", "VNA"),
        ("Thủ tướng tại Hà Nội. Ảnh: TTXVN", "Thủ tướng tại Hà Nội.", "TTXVN"),
        ("Der Kanzler. Foto: dpa/Michael Kappeler", "Der Kanzler.", "dpa/Michael Kappeler"),
        ("The cat (AP Photo/John Doe)", "The cat", "AP Photo/John Doe"),
        ("A man walks. Photograph: John Doe/AFP", "A man walks.", "John Doe/AFP"),
        ("图为总理。图片来源：新华社", "图为总理。", "新华社"),
        ("Le ministre, le 12 août 2024. © AFP", "Le ministre, le 12 août 2024.", "AFP"),
        ("A view of the city. REUTERS/Jane Roe", "A view of the city.", "REUTERS/Jane Roe"),
        ("Премьер. Фото: РИА Новости", "Премьер.", "РИА Новости"),
        ("พิธีเปิด ภาพ: AFP", "พิธีเปิด", "AFP"),
        ("الرئيس في باريس. المصدر: رويترز", "الرئيس في باريس.", "رويترز"),
        ("El rey. Fuente: EFE", "El rey.", "EFE"),
        ("O presidente. Crédito: Lusa", "O presidente.", "Lusa"),
        ("Il papa. Fonte: ANSA", "Il papa.", "ANSA"),
        ("Premier. Źródło: PAP", "Premier.", "PAP"),
        ("De koning. Bron: ANP", "De koning.", "ANP"),
        ("首相。写真：共同", "首相。", "共同"),
        ("대통령. 사진: 연합뉴스", "대통령.", "연합뉴스"),
        ("Başbakan. Kaynak: AA", "Başbakan.", "AA"),
        ("Presiden. Sumber: Antara", "Presiden.", "Antara"),
        ("Foto: dpa", "", "dpa"),
        ("A caption without any credit.", "A caption without any credit.", ""),
        ("", "", ""),
    ],
)
def test_credits_at_the_end_of_captions(whole, caption, credit):
    assert split_credit(whole) == (caption, credit)


def test_labels():
    assert strip_label("(© AFP)") == "AFP"
    assert strip_label("Photo : Xinhua/VNA") == "Xinhua/VNA"
    assert strip_label("Photo") == "Photo"
    assert strip_label(None) == ""


def test_agencies():
    assert agency_of("Xinhua/VNA") == "Xinhua"
    assert agency_of("Agence France-Presse") == "AFP"
    assert agency_of("新华社") == "Xinhua"
    assert agency_of("Jean Dupont") is None
    assert agency_of("MAP") == "MAP"
    assert agency_of("map") is None  # the word, in a caption
    assert agency_of("a map of Paris") is None
