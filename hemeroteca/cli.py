"""The command `hemeroteca`: finds the command that was asked for, loads only that, and turns errors into
exit codes.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from archive.errors import HemerotecaError
from hemeroteca.console import say, utf8_streams, visible
from hemeroteca.options import Command, Group, collection_folder, debugging

_HOME = "hemeroteca.commands."
SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Collect": {
        "init": ("collection:init", "Make a new collection."),
        "sites": ("sites:sites", "Site profiles: list, show, check, new."),
        "crawl": ("crawl:crawl", "Crawl sites: find new articles, archive, extract and index them."),
        "capture": ("crawl:capture", "Archive these URLs as they are, without following links."),
        "schedule": ("schedule:schedule", "When sites are crawled: list, set, run what is due, history."),
        "import": ("importing:import_", "Take WARC or WACZ files of other crawlers into the collection."),
    },
    "Read": {
        "search": ("search:search", "Search the articles."),
        "show": ("article:show", "Show one article, with the origin of every field."),
        "versions": ("article:versions", "List the versions of an article."),
        "diff": ("diff:diff", "Show what an edit changed: two versions, word by word."),
        "related": ("article:related", "List the links between an article and others."),
        "cite": ("cite:cite", "Cite articles: text, BibTeX, RIS, CSL-JSON."),
        "export": ("export:export", "Write articles to a file: JSON Lines, CSV or citations."),
    },
    "Keep": {
        "extract": ("extract:extract", "Extract the fields of saved pages; no collection needed."),
        "reextract": ("reextract:reextract", "Extract the collection's pages again, from the WARC files."),
        "index": ("index:index", "The search index: status, rebuild, optimize."),
        "verify": ("verify:verify", "Check every digest, and every index row against its record."),
    },
    "Look": {
        "stats": ("runs:stats", "Show what the collection holds."),
        "runs": ("runs:runs", "List the runs: crawls, captures, imports, re-extractions."),
    },
}
COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
INTERRUPTED = 130


class _ReaderGoneError(Exception):
    """Whoever read our stdout has enough."""


class _InterruptedError(Exception):
    """Ctrl-C."""


class Root(Group):
    """Loads a command's module when the command is called; answers every error with one line and an exit
    code.
    """

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one command that is needed."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: Command | Group = getattr(import_module(_HOME + module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest name for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"no such command '{args[0]}'{hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what click would answer in its own way is told apart first."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise _ReaderGoneError from error
        except KeyboardInterrupt as error:
            raise _InterruptedError from error
        return result

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for, without importing them."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002  # click's signature; this command always stands alone
        **extra: Any,
    ) -> NoReturn:
        """Run and exit: the one place where errors become exit codes."""
        utf8_streams()
        sys.exit(self._exit_code(args, prog_name, complete_var, extra))

    def _exit_code(
        self,
        args: Sequence[str] | None,
        prog_name: str | None,
        complete_var: str | None,
        extra: dict[str, Any],
    ) -> int:
        try:
            code = super().main(args, prog_name or "hemeroteca", complete_var, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return error.exit_code
        except click.ClickException as error:
            where = getattr(error, "ctx", None)
            name = where.command_path if where else "hemeroteca"
            say(f"{name}: {visible(error.format_message())} (see {name} --help)")
            return error.exit_code
        except (_InterruptedError, click.Abort, KeyboardInterrupt):
            say("hemeroteca: interrupted; what was done is kept, run it again to go on")
            return INTERRUPTED
        except _ReaderGoneError:
            _forget_stdout()
            return 0
        except Exception as error:  # noqa: BLE001  # the last line of defence: no traceback on a terminal, ever
            return _failed(error)
        return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    if debugging():
        traceback.print_exception(error)
    if isinstance(error, HemerotecaError):
        for line in str(error).splitlines() or [type(error).__name__]:
            say(f"hemeroteca: {visible(line)}")
        return error.exit_code
    if isinstance(error, OSError) and error.strerror:
        from archive.files import in_words

        say(f"hemeroteca: {visible(in_words(error))}")
        return 1
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    say(f"hemeroteca: unexpected {type(error).__name__}: {visible(first)} ({_keep_traceback(error)})")
    return 1


def _keep_traceback(error: Exception) -> str:
    """Write the traceback into the collection's log, if there is one; say where."""
    path = collection_folder(None) / "log" / "errors.log"
    if path.parent.is_dir():
        try:
            with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
                traceback.print_exception(error, file=log)
        except OSError:
            pass
        else:
            return f"traceback in {path}"
    return "run it again with --debug to see the traceback"


def _forget_stdout() -> None:
    """The reader of our pipe has gone: nothing more to say, not even at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # for the rest of the process
    finally:
        os.close(null)


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"hemeroteca {version('hemeroteca')}")
        ctx.exit()


cli = Root(
    name="hemeroteca",
    help="A news archive that can be cited: crawl newspapers, keep the exact bytes, search and extract "
    "again.",
    epilog="A collection is a folder: hemeroteca.toml, sites/, warc/, index.db, log/. Start with: "
    "hemeroteca init",
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help="Show the version.",
        )
    ],
)


def main() -> NoReturn:
    """Run the command line with the arguments of this process."""
    # Importing makes hardly any garbage: looking for it at the default threshold is a tenth of a start.
    gc.set_threshold(50_000)
    cli.main()
