"""`make demo`: crawl the generated newspaper on this machine, search it, extract it again, verify it.

Every command is the real one, run as a user would run it. Nothing leaves this machine, unless a URL is given:
then that newspaper is crawled, politely and ten articles of it. A command that fails ends the demo with its
exit code.
"""

from __future__ import annotations

import argparse
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
"""
SETTINGS_HERE = SETTINGS + "allow_private = true   # the newspaper stands on this machine\ndelay = 0.0\n"


class DemoFailedError(Exception):
    """A command ended with another exit code than 0, or gave another result than the known one."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """Print a line of explanation."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


class Shell:
    """Runs `hemeroteca` commands in the demo's collection and shows each as it would be typed."""

    def __init__(self, collection: Path) -> None:
        self.collection = collection
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HEMEROTECA_")
        }
        paths = filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
        self.environment["PYTHONPATH"] = os.pathsep.join(paths)

    def run(self, *arguments: str, show: bool = True) -> str:
        """Run one command. Returns its standard output where it is not shown; raises DemoFailedError."""
        typed = f"hemeroteca {shlex.join(arguments)}"
        if show:
            print(f"\n$ {typed}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "hemeroteca", *arguments],
            cwd=self.collection,
            env=self.environment,
            stdout=None if show else subprocess.PIPE,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise DemoFailedError(f"{typed}: exit code {done.returncode}", done.returncode)
        return done.stdout or ""

    def first_id(self, *query: str) -> str:
        """Return the id of the first article that a search finds."""
        return self.run("search", *query, "--ids", show=False).split()[0]


def make_collection(folder: Path, settings: str, profile: str | None = None) -> None:
    """Make the demo's collection anew. Raises DemoFailedError where the folder is not a demo's."""
    if folder.exists():
        ours = folder.is_dir() and ((folder / MARKER).is_file() or not any(folder.iterdir()))
        if not ours:
            raise DemoFailedError(
                f"{folder} was not made by a demo: move it away, or name another with --folder"
            )
        shutil.rmtree(folder)
    (folder / "sites").mkdir(parents=True)
    (folder / MARKER).write_text("This folder is replaced by every run of `make demo`.\n", encoding="utf-8")
    (folder / "hemeroteca.toml").write_text(settings, encoding="utf-8")
    if profile is not None:
        (folder / "sites" / "newsroom.toml").write_text(profile, encoding="utf-8")


def compare(export: Path, newsroom: Newsroom) -> None:
    """Compare exported articles with the known ones, field by field. Raises DemoFailedError on a difference."""
    rows = {row["url"]: row for row in map(json.loads, export.read_text(encoding="utf-8").splitlines())}
    same = total = 0
    differences = []
    for story in newsroom.stories:
        known = article_to_dict(LAYOUTS[story.section.layout].shown(newsroom, story))
        found = rows.get(known["url"], {})
        for name, value in known.items():
            total += 1
            if name in found and found[name] == value:
                same += 1
            else:
                differences.append(f"{known['url']}: {name} is {found.get(name)!r}, printed was {value!r}")
    result = (
        f"{len(rows)} of {len(newsroom.stories)} articles; {same} of {total} fields equal what was printed"
    )
    if differences or len(rows) != len(newsroom.stories):
        print("\n".join(differences[:5]), file=sys.stderr)
        raise DemoFailedError(result)
    print(result)


def tour(shell: Shell, newsroom: Newsroom) -> None:
    """Show what an archive is for, on the newspaper of which everything is known."""
    count = len(newsroom.stories)
    say(
        f"1. Crawl. A newspaper stands at {newsroom.base_url}: {count} articles, six languages, three layouts"
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
    keep(shell)
    say("6. This newspaper was printed from known articles. Does the archive hold what was printed?")
    shell.run("export", "--format", "jsonl", "-o", "articles.jsonl")
    compare(shell.collection / "articles.jsonl", newsroom)


def real_tour(shell: Shell, url: str) -> None:
    """Show the same on a real newspaper, of which nothing is known."""
    say(f"1. Crawl ten articles of {url}, with two seconds between requests")
    shell.run("crawl", url, "--limit", "10")
    shell.run("stats")
    say("2. Search")
    shell.run("search", "--sort", "newest", "--limit", "5")
    say("3. One article: every field, where it came from, and where its bytes stand")
    shell.run("show", shell.first_id("--sort", "newest"))
    keep(shell)


def keep(shell: Shell) -> None:
    """Show how an archive is kept."""
    say("4. Extract again from the archived bytes: the same rules on the same bytes change nothing")
    shell.run("reextract")
    say("5. Check every digest, and every row of the index against its record")
    shell.run("verify")


def farewell(folder: Path, seconds: float) -> None:
    """Say what stays, and what to type for a real newspaper."""
    place = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    program = Path(sys.executable).with_name("hemeroteca")
    typed = program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else "hemeroteca"
    say(f"Done in {seconds:.0f} s. The collection stays in {place}/: {typed} -C {place} search …")
    print(
        f"""For a real newspaper:
  {typed} init my-archive --operator "Your name" --contact you@example.org
  {typed} -C my-archive sites list                        # profiles that come with the program
  {typed} -C my-archive crawl vietnamplus-fr --limit 20   # one of them, politely
  {typed} -C my-archive crawl https://example.org/news/   # or any front page or section, without a profile"""
    )


def main(arguments: list[str]) -> int:
    """Run the demo. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.newsroom.demo", description=__doc__)
    parser.add_argument("url", nargs="?", help="a real newspaper's front page or section")
    parser.add_argument("--folder", type=Path, default=ROOT / "demo", help="where the collection is made")
    options = parser.parse_args(arguments)
    folder, started = options.folder.resolve(), time.monotonic()
    try:
        if options.url:
            make_collection(folder, SETTINGS)
            real_tour(Shell(folder), options.url)
        else:
            with serve(Newsroom(page_size=3)) as site:
                make_collection(folder, SETTINGS_HERE, profile_toml(site.newsroom))
                tour(Shell(folder), site.newsroom)
    except DemoFailedError as error:
        print(error, file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    farewell(folder, time.monotonic() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
