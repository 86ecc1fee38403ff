"""Finds and applies TextFSM templates: those of ntc-templates by platform and command, or one of the user's."""

from __future__ import annotations

import importlib.util
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from runner.errors import RunnerError
from runner.platforms import platform_name

_HINT = "give one of your own with `template: PATH` (inside the project), or parse with `regex`"
_FALLBACK = {"cisco_xe": "cisco_ios"}


def parse_by_command(output: str, platform: str | None, command: str) -> list[dict[str, Any]]:
    """The rows that ntc-templates' template for this platform and command makes of the output; keys are in lower case.

    The command may be abbreviated where the template's index allows it. A folder with an `index` like that of ntc-templates
    can be named in the environment variable NTC_TEMPLATES_DIR, as ntc-templates has it.

    Raises:
        RunnerError: there is no such template, or it does not understand the output.
    """
    name = platform_name(platform)
    if not name:
        raise RunnerError(f"the host has no platform, so no TextFSM template for '{command}' can be chosen", hint=_HINT)
    folder = _templates_folder()
    templates = _find(folder, name, command) or (_FALLBACK.get(name) and _find(folder, _FALLBACK[name], command))
    if not templates:
        raise RunnerError(f"there is no TextFSM template for '{command}' on {name}", hint=_HINT)
    from textfsm import clitable, parser  # costs time only those who parse should pay

    # Without an index of its own a table shares nothing with other threads.
    table = clitable.CliTable(template_dir=str(folder))
    try:
        table.ParseCmd(output, templates=templates)
    except (parser.Error, clitable.Error, re.error, OSError) as error:
        raise RunnerError(f"the TextFSM template for '{command}' on {name} cannot read the output: {_line(error)}", hint=_HINT) from error
    header = [str(column).lower() for column in table.header]
    return [dict(zip(header, row, strict=True)) for row in table]


def parse_by_file(output: str, template: str, root: Path) -> list[dict[str, Any]]:
    """The rows that a template file below `root` makes of the output; keys are in lower case.

    Raises:
        RunnerError: the file is not there, lies outside `root`, is no template, or does not understand the output.
    """
    path = (root / template).resolve()
    if not path.is_relative_to(root.resolve()):
        raise RunnerError(f"the template '{template}' lies outside the project", hint="put it below the project's folder")
    from textfsm import parser  # see above

    try:
        with path.open(encoding="utf-8") as file:
            machine = parser.TextFSM(file)
        rows = machine.ParseText(output)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunnerError(f"the template '{template}' cannot be read: {reason}", hint="paths are relative to the project") from error
    except (parser.Error, re.error) as error:
        raise RunnerError(f"the template '{template}' does not work on this output: {_line(error)}", hint="mend the template") from error
    header = [str(column).lower() for column in machine.header]
    return [dict(zip(header, row, strict=True)) for row in rows]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _templates_folder() -> Path:
    """Where the templates are; looked up without importing ntc_templates, which takes 60 ms and gives nothing we need."""
    chosen = os.environ.get("NTC_TEMPLATES_DIR")
    if chosen:
        return Path(chosen)
    spec = importlib.util.find_spec("ntc_templates")
    if spec is None or not spec.submodule_search_locations:
        raise RunnerError("ntc-templates is not installed", hint="pip install ntc-templates")
    return Path(spec.submodule_search_locations[0]) / "templates"


@lru_cache(maxsize=1024)
def _find(folder: Path, platform: str, command: str) -> str:
    """The template file of the index's first row that fits, several joined by colons; empty for none.

    TextFSM's own reading of the index compiles its thousand rows, 0.2 s, and keeps them in a table that two threads must not
    search at once.
    """
    for template, platforms, commands in _index(folder):
        if re.match(platforms, platform) and re.match(commands, command):
            return template
    return ""


@lru_cache(maxsize=8)
def _index(folder: Path) -> tuple[tuple[str, str, str], ...]:
    """Template, pattern of platforms and pattern of commands of each row, in their order."""
    try:
        lines = (folder / "index").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise RunnerError(
            f"the index of TextFSM templates '{folder / 'index'}' cannot be read: {error.strerror}",
            hint="set NTC_TEMPLATES_DIR to a folder that has one, or unset it",
        ) from error
    rows = [[cell.strip() for cell in line.split(",")] for line in lines if line.strip() and not line.startswith("#")]
    header, *entries = rows or [[]]
    if not {"Template", "Platform", "Command"} <= set(header):
        raise RunnerError(f"'{folder / 'index'}' is not an index of TextFSM templates: it lacks a column")
    named = [dict(zip(header, entry, strict=True)) for entry in entries if len(entry) == len(header)]
    return tuple((row["Template"], row["Platform"], re.sub(r"\[\[(.+?)\]\]", _optional, row["Command"])) for row in named)


def _optional(match: re.Match[str]) -> str:
    """`sh[[ow]]` stands for any beginning of `show` from `sh` on."""
    letters = match.group(1)
    return "".join(f"({letter}" for letter in letters) + ")?" * len(letters)
