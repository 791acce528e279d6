"""The newspaper as an application: pages of some sections are empty but for a script, which fetches what they
show as JSON and builds it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from lxml import html

from tests.newsroom.newsroom import Newsroom
from tests.newsroom.site import Pages, Reply

_SHELL = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Le Courrier de l’Ambre</title>
<link rel="stylesheet" href="/app/style.css"></head><body><div id="app"></div><noscript>JavaScript!</noscript>
<script src="/app/main.js" defer></script></body></html>"""
_SCRIPT = """'use strict';
const build = ([tag, attributes, ...children]) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) element.append(typeof child === 'string' ? child : build(child));
  return element;
};
const show = async () => {
  const answer = await fetch('/app/page.json?path=' + encodeURIComponent(location.pathname + location.search));
  const page = await answer.json();
  document.title = page.title;
  document.getElementById('app').replaceWith(build(page.main));
};
show();
new Image().src = '/images/thumb/7.jpg';
fetch('https://counter.example/hit').catch(() => {});
"""


class ScriptedPages(Pages):
    """`prefix`: path under which pages are empty without their script."""

    def __init__(self, newsroom: Newsroom, prefix: str) -> None:
        super().__init__(newsroom)
        self.prefix = prefix

    def get(self, target: str) -> Reply:
        path, _, query = target.partition("?")
        if path == "/app/main.js":
            return Reply(body=_SCRIPT.encode(), content_type="text/javascript; charset=utf-8")
        if path == "/app/style.css":
            return Reply(body=b"body { color: #222 }", content_type="text/css")
        if path == "/app/page.json":
            return self._data(unquote(query.removeprefix("path=")))
        reply = super().get(target)
        if (
            path.startswith(self.prefix)
            and reply.status == 200
            and reply.content_type.startswith("text/html")
        ):
            return Reply(body=_SHELL.format(lang=self.prefix.strip("/").split("/")[0]).encode())
        return reply

    def _data(self, target: str) -> Reply:
        page = super().get(target)
        tree = html.fromstring(page.body)
        title = tree.findtext(".//title") or ""
        data = {"title": title, "main": ["div", {"id": "page"}, *_nodes(tree.find("body"))]}
        body = json.dumps(data, ensure_ascii=False).encode()
        return Reply(status=page.status, body=body, content_type="application/json; charset=utf-8")


def _nodes(element: Any) -> list[Any]:
    """Return what stands in an element as [tag, attributes, children …] and texts; scripts are left out."""
    found: list[Any] = [element.text] if element.text else []
    for child in element:
        if isinstance(child.tag, str) and child.tag not in ("script", "style"):
            found.append([child.tag, dict(child.attrib), *_nodes(child)])
        if child.tail:
            found.append(child.tail)
    return found
