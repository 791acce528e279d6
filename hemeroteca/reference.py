"""The generated reference pages: commands, settings, issue codes.

`make docs` writes them, a test keeps them current.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

import click

from archive.model import ISSUE_CODES
from archive.settings import FILE_NAME, setting_fields
from archive.summary import ALARM_CODES
from hemeroteca.cli import SECTIONS, cli
from hemeroteca.commands.collection import toml_value

_NOTE = "<!-- Made by `make docs` from {source}. Do not edit. -->"


def cli_markdown() -> str:
    """Return docs/reference/cli.md, made of the commands' own help."""
    lines = [
        "# The command line: every command",
        "",
        _NOTE.format(source="hemeroteca/commands/"),
        "",
        "Data goes to stdout, everything else to stderr. A progress bar is shown only where stderr is a",
        "terminal; else one line a minute. `NO_COLOR` is obeyed. `--json` prints one document, `--jsonl`",
        "one object a line; `-` reads ids or URLs from stdin; `--dry-run` writes nothing.",
        "",
        "| exit code | means |",
        "|---|---|",
        "| 0 | done |",
        "| 1 | failed |",
        "| 2 | wrong usage: unknown site, bad date, bad query, bad settings or profile |",
        "| 3 | partly done: some URLs, sites or records failed |",
        "| 4 | nothing found |",
        "| 5 | the archive contradicts itself |",
        "| 6 | locked by another run |",
        "| 130 | interrupted; what was done is kept, the same command goes on |",
        "",
        "Every command takes these:",
        "",
        *_options([parameter for parameter in cli.params if "--version" not in parameter.opts]),
    ]
    context = click.Context(cli, info_name="hemeroteca")
    for title, names in SECTIONS.items():
        lines += ["", f"## {title}"]
        for name in names:
            command = cli.get_command(context, name)
            assert command is not None
            lines += _command(command, f"hemeroteca {name}")
    return "\n".join(lines) + "\n"


def _command(command: click.Command, path: str) -> Iterator[str]:
    """Yield the section of a command, and those of the commands below it."""
    context = click.Context(command, info_name=path)
    pieces = [piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    yield from ("", f"### {path}", "", f"    {' '.join((path, *pieces))}", "")
    yield inspect.cleandoc(command.help or "")
    own = [
        it
        for it in command.params
        if isinstance(it, click.Option) and not it.hidden and not {"--collection", "--debug"} & set(it.opts)
    ]
    if own:
        yield ""
        yield from _options(own)
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _command(below, f"{path} {name}")


def _options(parameters: Sequence[click.Parameter]) -> Iterator[str]:
    yield "| option | |"
    yield "|---|---|"
    for option in parameters:
        if not isinstance(option, click.Option):
            continue
        names = ", ".join(f"`{name}`" for name in option.opts)
        value = ""
        if option.metavar or isinstance(option.type, click.Choice):
            choices = "|".join(option.type.choices) if isinstance(option.type, click.Choice) else None
            value = f" {choices or option.metavar or ''}".rstrip()
        default = f" Default: {option.default}." if option.show_default and option.default is not None else ""
        text = f"{option.help or ''}{default}".replace("|", "\\|")
        yield f"| {names}{value.replace('|', '&#124;')} | {text} |"


def settings_markdown() -> str:
    """Return docs/reference/settings.md, made of the settings' own words."""
    lines = [
        f"# {FILE_NAME}: every setting",
        "",
        _NOTE.format(source="archive/settings.py"),
        "",
        f"A setting stands in the collection's `{FILE_NAME}`, or in the environment as `HEMEROTECA_NAME`",
        "(upper case), which goes before the file; an option of the command line goes before both.",
        "Unknown keys are errors.",
        "",
        "| key | default | |",
        "|---|---|---|",
    ]
    for name, attribute in setting_fields().items():
        lines.append(f"| `{name}` | `{toml_value(attribute.default)}` | {attribute.metadata['doc']} |")
    return "\n".join(lines) + "\n"


def issues_markdown() -> str:
    """Return docs/reference/issues.md, made of the list of codes."""
    lines = [
        "# Issues: what an extraction may say of itself",
        "",
        _NOTE.format(source="archive/model.py"),
        "",
        "An issue never stops anything: the page is archived, and what could be read of it is indexed.",
        "`hemeroteca show` and `hemeroteca stats` print them.",
        "",
        "| code | means |",
        "|---|---|",
        *(f"| `{code}` | {text} |" for code, text in ISSUE_CODES.items()),
    ]
    return "\n".join(lines) + "\n"


def alarms_markdown() -> str:
    """Return docs/reference/alarms.md, made of the list of codes."""
    lines = [
        "# Alarms: what a run may ask a person to look at",
        "",
        _NOTE.format(source="archive/model.py"),
        "",
        "A crawl of a whole site is compared with the site's earlier ones, and with the `[expect]` of its",
        "profile. What differs by more than chance is an alarm: the run ends as *partly done* (exit code 3),",
        "and `hemeroteca runs`, `hemeroteca sites drift`, the webhook and the mail of the settings name it.",
        "",
        "| code | means |",
        "|---|---|",
        *(f"| `{code}` | {text} |" for code, text in ALARM_CODES.items()),
    ]
    return "\n".join(lines) + "\n"
