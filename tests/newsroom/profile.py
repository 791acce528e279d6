"""The newspaper's site profile, in the rule language of DESIGN §5."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from tests.newsroom.articles import HOME_ZONE
from tests.newsroom.newsroom import Newsroom

_HEAD = """\
name = "Le Courrier de l’Ambre (generated)"
publisher = "tests.newsroom"
domains = [{host}]
timezone = "{zone}"
article_id = '[-/]a(\\d+)\\.(?:html|amp)$'
rewrite = [{{ from = '\\.amp$', to = '.html' }}]

[discover]
sections = {sections}
feeds = {feeds}
sitemaps = [{sitemap}]
next_page = "css:a[rel=next]::attr(href), a.next::attr(href)"

[discover.stories]
each = "css:article.card.listed, tr.listed, a.tile.listed"
link = "css:h3 a::attr(href), a.link-title::attr(href), a.tile::attr(href)"
title = "css:h3 a, a.link-title, .tile-title"
date = ["css:time::attr(datetime)", "css:.when, .tile-date"]
teaser = "css:p.teaser, span.intro, .tile-text"
image = ["css:img::attr(data-src)", "css:img::attr(src)"]

[[discover.load_more]]
endpoint = "/api/more/{{zone}}/{{page}}.json"
zone = "css:button.load-more::attr(data-zone)"
first_page = 1
items = "data.contents"
date = "date"
teaser = "description"
image = "avatar_url"
more = "data.load_more"

[politeness]
delay = {delay}
concurrency = 8
private_hosts = [{host}]

[expect]
articles = {articles}
fill = {{ title = 1.0, body = 1.0, published = 1.0, lead = 0.5 }}
"""

_LAYOUTS = r"""
[[layout]]
id = "amp"
probe = "html[amp] .amp-body"
lang = "css:html::attr(lang)"
title = "css:h1"
kicker = "css:.over-title"
lead = "css:p.dek"
published = "css:.signed time::attr(datetime)"
authors = "css:.signed .signed-name"
section = "css:.rubric"
canonical = "css:link[rel=canonical]::attr(href)"
paragraphs = "css:.amp-body > p"
subheads = "css:.amp-body > h3"
quotes = "css:.amp-body blockquote"
items = "css:.amp-body li"

[layout.photos]
each = "css:.amp-body figure"
image = "css:amp-img::attr(src)"
caption = "css:figcaption"

[layout.related]
each = "css:.amp-more li"
box = "css:.box-name"

[[layout]]
id = "modern-2024"
probe = "article.story-full .story-body"
lang = "css:html::attr(lang)"
title = "css:h1.headline"
kicker = "css:p.kicker"
lead = "css:p.standfirst"
published = "css:time.published::attr(datetime)"
modified = "css:time.updated::attr(datetime)"
authors = "css:.byline a[rel=author]"
section = "css:.breadcrumb a.here"
tags = "css:section.tags li a"
canonical = "css:link[rel=canonical]::attr(href)"
paragraphs = "css:.story-body > p"
subheads = "css:.story-body > h2"
quotes = "css:.story-body > blockquote"
items = "css:.story-body > ul.facts > li"
drop = "css:.read-also, .ad-slot"

[layout.photos]
each = "css:.story-body figure"
image = "css:img::attr(src)"
caption = "css:figcaption .words"
credit = "css:figcaption .credit"

[layout.related]
each = "css:aside.read-also .one, section.more article.card"
link = "css:h3 a::attr(href), .one > a::attr(href)"
title = "css:h3 a, .one > a"
teaser = "css:p.teaser"
caption = "css:img::attr(alt)"
box = "css:h4, h2"

[[layout]]
id = "tables-2009"
probe = "td#content #article_text"
lang = "css:html::attr(lang)"
title = "css:.ptitle"
lead = "css:.sapo"
published = { from = "css:td.date", formats = ["%d/%m/%Y %H:%M"] }
authors = "css:b.author"
section = "css:a.cat"
tags = "css:a.kw"
break_paragraphs = "css:#article_text"
drop = "css:#article_text table.img, #article_text .qc"

[layout.photos]
each = "css:#article_text table.img"
image = "css:img::attr(src)"
caption = "css:span.caption"

[layout.related]
each = "css:table.others li"
box = "css:b.box-title"

[[layout]]
id = "awkward-2026"
probe = "div.comment-wrap div.z"
lang = "css:html::attr(lang)"
title = "css:div.teaser-line"
kicker = []
lead = "css:div.promo-box"
published = "css:div.tools::attr(data-time)"
modified = []
authors = "css:i.q7"
section = "css:b.k3"
tags = []
paragraphs = "css:div.comment-wrap > div.z"

[layout.photos]
each = []

[layout.related]
each = []

[[layout]]
id = "magazine-2022"
probe = "div.longread .chapter"
lang = "css:html::attr(lang)"
title = "css:h1.display-title"
kicker = "css:.over-title"
lead = "css:.hero .dek"
published = "meta:article:published_time"
modified = "meta:article:modified_time"
authors = "css:.signed-name"
section = "css:.rubric a"
tags = { from = "css:a.hashtag", strip = ['^#'] }
canonical = "css:link[rel=canonical]::attr(href)"
paragraphs = "css:.chapter > p"
subheads = "css:.chapter > h3.crosshead"
quotes = "css:.chapter .pulled blockquote"
items = "css:.chapter ul.dots > li"
drop = "css:.see-also, .sponsor"

[layout.photos]
each = "css:.longread figure.wide"
image = "css:img::attr(data-src)"
caption = "css:figcaption"

[layout.related]
each = "css:.see-also p, .next-reads a.tile"
link = "css:p a::attr(href), a.tile::attr(href)"
title = "css:p a, .tile-title"
teaser = "css:.tile-text"
caption = "css:img::attr(alt)"
box = "css:strong.box-name, h2.box-name"
"""


def profile_toml(newsroom: Newsroom, *, delay: float = 0) -> str:
    """Return the text of sites/newsroom.toml for a newsroom at its address."""
    host = json.dumps(urlsplit(newsroom.base_url).netloc)
    sections = [newsroom.url(section.path) for section in newsroom.sections]
    feeds = [newsroom.url("/atom.xml")]
    feeds += [newsroom.url(f"/rss/{section.lang}-{section.slug}.xml") for section in newsroom.sections]
    head = _HEAD.format(
        host=host,
        zone=HOME_ZONE,
        sections=json.dumps(sections, indent=2),
        feeds=json.dumps(feeds, indent=2),
        sitemap=json.dumps(newsroom.url("/sitemap.xml")),
        delay=float(delay),
        articles=len(newsroom.stories) // 2,
    )
    return head + _LAYOUTS
