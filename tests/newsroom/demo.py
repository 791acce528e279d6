"""`make demo`: crawl the generated newspaper on this machine, search it, extract it again, verify it.

Every command is the real one, run as a user would run it. Nothing leaves this machine. A command that fails ends the
demo with its exit code.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from archive.warc.records import article_to_dict
from tests.newsroom.layouts import LAYOUTS
from tests.newsroom.newsroom import Newsroom
from tests.newsroom.profile import profile_toml
from tests.newsroom.server import serve

ROOT = Path(__file__).resolve().parents[2]
MARKER = ".made-by-make-demo"
SETTINGS = """\
operator = "the demo of hemeroteca"
contact = "https://example.org/demo"
allow_private = true   # the newspaper stands on this machine
delay = 0.0
"""


class CommandFailedError(Exception):
    """A command of the demo ended with another exit code than 0."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def say(text: str) -> None:
    """Print a line of explanation."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


class Shell:
    """Runs `hemeroteca` commands in the demo collection and shows each as it would be typed."""

    def __init__(self, collection: Path) -> None:
        self.collection = collection
        self.command = [sys.executable, "-m", "hemeroteca"]
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HEMEROTECA_")
        }
        self.environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
        )

    def run(self, *arguments: str, show: bool = True) -> str:
        """Run one command. Returns its standard output where it is not shown; raises CommandFailedError."""
        if show:
            print(f"\n$ hemeroteca {shlex.join(arguments)}", flush=True)
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=self.collection,
            env=self.environment,
            stdout=None if show else subprocess.PIPE,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            print(f"hemeroteca {shlex.join(arguments)}: exit code {done.returncode}", file=sys.stderr)
            raise CommandFailedError(done.returncode)
        return done.stdout or ""

    def first_id(self, *query: str) -> str:
        """Return the id of the first article that a search finds."""
        return self.run("search", *query, "--ids", show=False).split()[0]


def compare(export: Path, newsroom: Newsroom) -> None:
    """Compare exported articles with the known ones, field by field. Raises CommandFailedError on a difference."""
    rows = {row["url"]: row for row in map(json.loads, export.read_text(encoding="utf-8").splitlines())}
    same = total = 0
    for story in newsroom.stories:
        known = article_to_dict(LAYOUTS[story.section.layout].shown(newsroom, story))
        found = rows.get(known["url"], {})
        for name, value in known.items():
            total += 1
            if found.get(name) == value:
                same += 1
            else:
                print(f"{known['url']}: {name}: {found.get(name)!r}, printed was {value!r}", file=sys.stderr)
    print(f"{len(rows)} of {len(newsroom.stories)} articles, {same} of {total} fields equal what was printed")
    if same < total or len(rows) != len(newsroom.stories):
        raise CommandFailedError(1)


def make_collection(folder: Path, newsroom: Newsroom) -> None:
    """Make the demo's collection anew. Raises FileExistsError where the folder is not a demo's."""
    if folder.exists():
        if not (folder / MARKER).is_file() and any(folder.iterdir()):
            raise FileExistsError(
                f"{folder} exists and was not made by `make demo`: move it away or name another folder"
            )
        shutil.rmtree(folder)
    (folder / "sites").mkdir(parents=True)
    (folder / MARKER).write_text("This folder is replaced by every run of `make demo`.\n", encoding="utf-8")
    (folder / "hemeroteca.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "sites" / "newsroom.toml").write_text(profile_toml(newsroom), encoding="utf-8")


def tour(shell: Shell, newsroom: Newsroom) -> None:
    """Show what an archive is for."""
    say(
        f"1. Crawl: {len(newsroom.stories)} articles in six languages and three layouts stand at {newsroom.base_url}"
    )
    shell.run("crawl", "newsroom")
    shell.run("stats")
    say(
        "2. Search. Accents and case do not matter, Vietnamese may be typed without marks, "
        "two Chinese characters suffice"
    )
    shell.run("search", "renovation port peche", "--lang", "fr", "--limit", "3")
    shell.run("search", "rung ngap man", "--limit", "3")
    shell.run("search", "渔港", "--limit", "3")
    say("3. One article: every field, where it came from, and where its bytes stand")
    shell.run("show", shell.first_id("peche", "--lang", "fr", "--section", "Économie"))
    say("4. Extract again from the archived bytes: the same rules on the same bytes change nothing")
    shell.run("reextract")
    say("5. Check every digest, and every row of the index against its record")
    shell.run("verify")
    say("6. This newspaper was printed from known articles. Is what the archive holds what was printed?")
    shell.run("export", "--format", "jsonl", "-o", "articles.jsonl")
    compare(shell.collection / "articles.jsonl", newsroom)


def main(arguments: list[str]) -> int:
    """Run the demo in the folder named (default: demo/ in the project). Returns the exit code."""
    folder = Path(arguments[0]).resolve() if arguments else ROOT / "demo"
    started = time.monotonic()
    with serve(Newsroom(page_size=3)) as site:
        try:
            make_collection(folder, site.newsroom)
            tour(Shell(folder), site.newsroom)
        except FileExistsError as error:
            print(error, file=sys.stderr)
            return 1
        except CommandFailedError as error:
            return error.code
    place = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    command = Path(sys.executable).with_name("hemeroteca")
    typed = command.relative_to(Path.cwd()) if command.is_relative_to(Path.cwd()) else "hemeroteca"
    say(
        f"Done in {time.monotonic() - started:.0f} s. The collection stays in {place}/: {typed} -C {place} search …"
    )
    print(
        f"""For a real newspaper:
  {typed} init my-archive --operator "Your name" --contact you@example.org
  {typed} -C my-archive sites list                        # profiles that come with the program
  {typed} -C my-archive crawl vietnamplus-fr --limit 20   # one of them, politely
  {typed} -C my-archive crawl https://example.org/news/   # or any front page or section, without a profile"""
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
