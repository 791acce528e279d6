"""Addresses of articles told from those of sections, tags, authors and services, in the forms that newspapers use."""

import pytest

from archive.sites.profile import load_profile
from archive.urls import canonical, original_of
from crawler.discovery.links import Scope, url_likeness

ARTICLES = [
    "/2026/11/23/world/asia/vietnam-high-speed-railway.html",
    "/2026/11/23/une-ligne-a-grande-vitesse-entre-hanoi-et-vinh_6543210_3210.html",
    "/international/article/2026/11/23/le-vietnam-lance-sa-ligne_6543210_3210.html",
    "/world/2026/nov/23/vietnam-high-speed-rail-opens",
    "/news/articles/c1234567890o",
    "/news/world-asia-67512345",
    "/politique/le-vietnam-lance-une-ligne-a-grande-vitesse-20261123",
    "/la-prensa/ciudad/obras-del-puerto-terminan-antes-de-plazo-nid23112026/",
    "/elpais/2026-11-23/el-puerto-reabre-sus-muelles.html",
    "/politik/ausland/hafen-oeffnet-wieder-a-1234567.html",
    "/article/20261123-port-rouvre",
    "/a/123456789",
    "/story/port-reopens-after-storm-1.7654321",
    "/port-reopens-its-quays-after-storm-post237365.vnp",
    "/gia-ca-phe-tang-ky-luc-o-tay-nguyen-4712345.html",
    "/kinh-te/gia-ca-phe-lap-dinh-moi-20261123081500123.htm",
    "/n1/2026/1123/c1001-40123456.html",
    "/2026-11/23/content_123456.htm",
    "/article/detail/12345678",
    "/read.php?id=1234567",
    "/?p=123456",
    "/index.php/2026/11/23/port-rouvre-quais",
    "/news/local/article_0a1b2c3d-4e5f-6789-abcd-ef0123456789.html",
    "/%E6%B2%B3%E5%86%85%E9%AB%98%E9%80%9F%E9%93%81%E8%B7%AF",
    "/ar/news/2026/11/23/%D9%85%D9%8A%D9%86%D8%A7%D8%A1",
    "/news/thailand/3012345",
    "/content/port-de-peche-renove-rouvre-quais",
    "/amp/politique/le-port-rouvre-ses-quais-123456.html",
    "/politique/le-port-rouvre-ses-quais-123456.html?outputType=amp",
    "/politique/le-port-rouvre-ses-quais-123456/print",
    "/print/politique/le-port-rouvre-ses-quais-123456.html",
    "/economie/emploi/le-port-embauche-deux-cents-dockers-123456.html",
    "/jeux/le-studio-de-hanoi-devoile-son-prochain-jeu-1234567",
    "/%E0%B8%81%E0%B8%B2%E0%B8%A3%E0%B9%80%E0%B8%A1%E0%B8%B7%E0%B8%AD%E0%B8%87/%E0%B8%97%E0%B9%88%E0%B8%B2%E0%B9%80%E0%B8%A3%E0%B8%B7%E0%B8%AD%E0%B8%9B%E0%B8%A3%E0%B8%B0%E0%B8%A1%E0%B8%87%E0%B9%80%E0%B8%9B%E0%B8%B4%E0%B8%94",
    "/weather/2026/11/23/storm-closes-the-port",
    "/meteo/la-tempete-ferme-le-port-de-peche-123456.html",
    "/sport/world-cup-games-open-in-hanoi-1234567",
    "/economie/emploi-le-port-embauche-deux-cents-dockers-123456.html",
]
OTHERS = [
    "/",
    "/politique/",
    "/politique",
    "/the-gioi/chau-a",
    "/world/asia",
    "/tag/vietnam-high-speed-rail",
    "/tags/duong-sat-cao-toc-bac-nam",
    "/topics/high-speed-rail-in-asia-12345",
    "/theme/transport/",
    "/author/jane-doe-12345",
    "/auteurs/mireille-aubrac",
    "/autor/juan-perez-1234567",
    "/tac-gia/nguyen-van-a-123.html",
    "/profile/john-smith-correspondent-asia",
    "/search?q=port+de+peche+12345",
    "/recherche/port",
    "/tim-kiem?q=cang",
    "/login?next=/2026/11/23/a-story-of-ports",
    "/abonnement/offre-numerique-2026",
    "/subscribe/digital-offer-12345",
    "/newsletters/le-matin-du-port",
    "/contact",
    "/mentions-legales",
    "/privacy-policy",
    "/cookies/preferences-123456",
    "/terms-of-service",
    "/rss/politique.xml",
    "/feed/",
    "/sitemap/2026/11",
    "/politique/page/2/",
    "/images/2026/11/23/port-1234567.jpg",
    "/media/video-1234567.mp4",
    "/static/app-1234567.js",
    "/documents/rapport-annuel-2026-complet.pdf",
    "/category/politique/asie/vietnam",
    "/rubrique/politique-etrangere-12",
    "/cart/checkout-1234567",
    "/wp-login.php?id=12345",
    "/horoscope/belier-du-jour-20261123",
    "/tu-vi/cung-bach-duong-hom-nay-123456.html",
    "/juegos/12345",
    "/live-score/football/match-1234567",
    "/boutique/tasse-du-journal-12345",
    "/shop/product/mug-of-the-paper-1234567",
    "/%D8%B1%D9%8A%D8%A7%D8%B6%D8%A9/",
    "/fr/jeux/mots-croises/grille-du-jour-1234567",
    "/xo-so/ket-qua-mien-bac-20261123.html",
    "/weather/75001",
    "/m%C3%A9t%C3%A9o/paris-75001",
]


@pytest.mark.parametrize("path", ARTICLES)
def test_articles(path):
    assert url_likeness(f"https://j.example{path}", Scope.of(None, "https://j.example/")) >= 1


@pytest.mark.parametrize("path", OTHERS)
def test_what_is_none(path):
    assert url_likeness(f"https://j.example{path}", Scope.of(None, "https://j.example/")) <= (
        1 if path.count("/") == 1 else 0
    )


@pytest.mark.parametrize(
    "twin",
    [
        "https://j.example/amp/politique/le-port-123456.html",
        "https://j.example/politique/le-port-123456.amp",
        "https://j.example/politique/le-port-123456.amp.html",
        "https://j.example/politique/le-port-123456.html/amp",
        "https://j.example/politique/le-port-123456.html?amp",
        "https://j.example/politique/le-port-123456.html?amp=1&utm_source=x",
        "https://j.example/politique/le-port-123456.html?outputType=amp",
        "https://j.example/politique/le-port-123456/amp/",
        "https://amp.j.example/politique/le-port-123456.html",
        "https://m.j.example/politique/le-port-123456.html",
        "https://www.j.example/mobile/politique/le-port-123456.html",
        "https://j.example/print/politique/le-port-123456.html",
        "https://j.example/politique/le-port-123456.html?print=1",
        "https://j.example/politique/le-port-123456.html?view=print&fbclid=abc",
        "https://j.example/politique/le-port-123456-print.html",
        "http://j.example/politique/le-port-123456.html;jsessionid=0A1B2C.node1?at_medium=mail&srsltid=x#top",
    ],
)
def test_copies_of_an_article_have_its_key(twin):
    scope = Scope.of(None, "https://j.example/")
    assert scope.key(twin) == scope.key("https://j.example/politique/le-port-123456.html")
    assert original_of(original_of(twin)) == original_of(twin)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/politique/le-port-1.html", "/politique/le-port-2.html"),
        ("/read?id=1", "/read?id=2"),
        ("/amplitude/port", "/litude/port"),
        ("/print-shops-close", "/shops-close"),
        ("/story?view=full", "/story"),
        ("/story?type=photo", "/story"),
        ("/en/mobile/phones-12345", "/en/phones-12345"),
    ],
)
def test_articles_of_their_own_keep_their_keys(one, other):
    scope = Scope.of(None, "https://j.example/")
    assert scope.key(f"https://j.example{one}") != scope.key(f"https://j.example{other}")


def test_short_hosts_are_not_copies():
    assert original_of("https://m.vn/tin-123456.html") == "https://m.vn/tin-123456.html"
    assert canonical("https://j.example/a;v=1?srsltid=AfmB&id=7") == "https://j.example/a;v=1?id=7"


def test_what_a_feed_puts_behind_an_address_does_not_hide_the_articles_id():
    text = 'name = "Le Port"\ndomains = ["port.example"]\narticle_id = \'-(\\d{4,})\\.html$\'\n'
    known = Scope.of(load_profile(text, "port", {}), "https://port.example/")
    plain = "https://port.example/pêche/2026/11/article-c0ffee-100301.html"
    assert known.key(plain) == "id:100301"
    for query in ("utm_source=rss", "utm_source=accueil&utm_medium=carte", "fbclid=abc"):
        assert known.key(f"{plain}?{query}") == known.key(plain)
    assert known.key(f"{plain}?page=2") != known.key(plain)
