"""Every `nornir-playbook ...` line of the documentation is one that the command understands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from runner.cli.main import PROGRAM, cli
from tests.docs.pages import ROOT, Block, blocks

_BEHIND = {"|", ">", ">>", ";", "&&", "<"}


def command_lines(block: Block) -> Iterator[tuple[int, list[str]]]:
    """Line and arguments of every call of the command in a block; what stands before and behind it in the shell is left out."""
    for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
        if not line.startswith("$ "):
            continue
        words = shlex.shlex(line[2:], posix=True, punctuation_chars=True)
        words.whitespace_split = True
        arguments = [*words]
        while arguments and re.match(r"[A-Z_]+=", arguments[0]):
            del arguments[0]
        if arguments[:1] == [PROGRAM]:
            end = next((place for place, word in enumerate(arguments) if word in _BEHIND), len(arguments))
            yield number, arguments[1:end]


def understood(arguments: list[str]) -> None:
    """Take a command line apart as click does, and run nothing. Raises click's UsageError."""
    command: click.Command = cli
    context = command.make_context(PROGRAM, [*arguments])
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)


LINES = [
    pytest.param(arguments, id=f"{block.page.relative_to(ROOT)}:{number}")
    for block in blocks("console")
    for number, arguments in command_lines(block)
]


def test_lines_are_found() -> None:
    assert len(LINES) > 30


@pytest.mark.parametrize("arguments", LINES)
def test_the_command_understands_the_line(arguments: list[str]) -> None:
    understood(arguments)


@pytest.mark.parametrize("wrong", [["run"], ["run", "x.yaml", "--no-such-option"], ["nothing"], ["exec", "all"], ["config", "shew"]])
def test_a_line_that_is_wrong_would_be_noticed(wrong: list[str]) -> None:
    with pytest.raises(click.UsageError):
        understood(wrong)
