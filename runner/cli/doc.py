"""`nornir-playbook doc`: the reference of everything a user can write, printed from the models."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.planning.reference import Entry

_TITLES = {
    "keywords": "Keywords of a playbook",
    "action": "Actions: what a task does",
    "result handler": "Result handlers: what happens with each command's result, under on_result",
    "templates": "Templates and settings",
    "settings": "Templates and settings",
}
_WIDEST, _NARROWEST = 100, 40


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from runner.planning.reference import names

    return [name for name in names() if name.startswith(incomplete)]


@click.command(short_help="Reference of keywords, actions, result handlers and settings.")
@click.argument("name", required=False, shell_complete=_names)
def doc(name: str | None) -> None:
    """Show the reference of NAME; without NAME the list of all names.

    \b
    nornir-playbook doc             what there is
    nornir-playbook doc play        the keywords of a play; also: task, on_result, templates, settings
    nornir-playbook doc save        an action or a result handler, with its arguments and examples
    """
    from runner.planning.reference import reference

    width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 0)).columns))
    pages = [_overview(width)] if name is None else [_page(entry, width) for entry in reference(name)]
    click.echo("\n\n".join("\n".join(page) for page in pages))


def _overview(width: int) -> Iterator[str]:
    from runner.planning.reference import entries

    every = [*entries()]
    column = max(len(entry.name) for entry in every) + 4
    title = ""
    for entry in every:
        if _TITLES[entry.kind] != title:
            if title:
                yield ""
            title = _TITLES[entry.kind]
            yield title
        yield from _wrapped(entry.summary, width, f"  {entry.name}".ljust(column), " " * column)
    yield ""
    yield "nornir-playbook doc NAME explains one of them."


def _page(entry: Entry, width: int) -> Iterator[str]:
    yield entry.name if entry.name == entry.kind else f"{entry.name} ({entry.kind})"
    yield ""
    yield from _text(entry.text, width)
    if entry.arguments or entry.kind in ("action", "result handler"):
        yield ""
        yield from _wrapped(entry.heading, width)
    for argument in entry.arguments:
        yield ""
        yield from _wrapped(f"{argument.name}  ({argument.facts})", width, "  ", "      ")
        yield from _wrapped(argument.text, width, "      ", "      ")
    for title, names in entry.lists:
        yield ""
        yield title
        yield from _wrapped(", ".join(names), width, "  ", "  ")


def _text(text: str, width: int) -> Iterator[str]:
    """Paragraphs and lists filled anew to the width, code as it is, indented."""
    for number, block in enumerate(_blocks(text)):
        if number:
            yield ""
        if block.startswith("```"):
            yield from (f"    {line}".rstrip() for line in block.splitlines()[1:-1])
        elif block.startswith("* "):
            for item in block.removeprefix("* ").split("\n* "):
                yield from _wrapped(item, width, "  * ", "    ")
        else:
            yield from _wrapped(block, width)


def _blocks(text: str) -> Iterator[str]:
    """What blank lines part, fenced code in one piece."""
    block: list[str] = []
    for line in text.splitlines():
        fenced = bool(block) and block[0].startswith("```")
        if line.strip() or fenced:
            block.append(line)
        if (not line.strip() and not fenced) or (fenced and line.startswith("```")):
            if block:
                yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Filled to the width; a word longer than that stays whole, so that it can be copied."""
    return textwrap.wrap(
        " ".join(text.split()), width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
