from __future__ import annotations

import pytest

from archive.extract.agencies import agency_of
from archive.extract.dateline import dateline, sign_off


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


def test_agencies():
    assert agency_of("Xinhua/VNA") == "Xinhua"
    assert agency_of("Agence France-Presse") == "AFP"
    assert agency_of("新华社") == "Xinhua"
    assert agency_of("Jean Dupont") is None
    assert agency_of("MAP") == "MAP"
    assert agency_of("map") is None  # the word, in a caption
    assert agency_of("a map of Paris") is None
