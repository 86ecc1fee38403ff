"""Makes docs/reference and the JSON Schemas in docs from the code: `python -m tests.docs.generate` writes them."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from string import Formatter

import click

from runner.cli.main import PROGRAM, cli
from runner.inventory.extras import ALLOWED, REFUSED
from runner.journal.event_json import event_schema
from runner.planning.reference import Entry, entries
from runner.planning.registries import ACTIONS_GROUP, HANDLERS_GROUP, Registries
from runner.planning.schema import playbook_schema
from runner.settings.options import Options
from runner.transport.classify import _ANY_PHASE, _TEXTS, failure

FOLDER = Path(__file__).parent.parent.parent / "docs" / "reference"
NOTE = "<!-- Made from the code by `python -m tests.docs.generate`: change the code, not this page. -->"
_METAVARS = {click.IntRange: "N", click.Path: "PATH"}
_SETTING_OF = {"verbose": "verbosity"}


def pages() -> dict[str, str]:
    """File name -> text of every page. Plugins of other distributions that happen to be installed are left out."""
    return {name: "\n".join([NOTE, "", *make()]).rstrip() + "\n" for name, make in _PAGES.items()}


def write(folder: Path) -> None:
    """Write every page, and remove pages that are no longer made."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


def schemas() -> dict[str, str]:
    """File name -> text of every JSON Schema in docs."""
    made = {"events.schema.json": event_schema(), "playbook.schema.json": playbook_schema(Registries(), only="runner.")}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in made.items()}


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command with its full name, groups before what is in them."""
    yield from _below(PROGRAM, cli, None)


def _below(name: str, command: click.Command, parent: click.Context | None) -> Iterator[tuple[str, click.Command, click.Context]]:
    context = click.Context(command, info_name=name.split()[-1], parent=parent)
    yield name, command, context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from _below(f"{name} {each}", command.commands[each], context)


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "Every command takes `-h` or `--help`. What the exit codes mean: [operation](../operation.md#exit-codes)."
    for name, command, context in commands():
        yield ""
        yield f"## {name}"
        yield ""
        yield f"`{' '.join([name, *command.collect_usage_pieces(context)])}`"
        for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
            yield ""
            if paragraph.startswith("\b"):
                yield from ("```console", *map(_example, paragraph.splitlines()[1:]), "```")
            else:
                yield paragraph
        rows = [_option(each) for each in command.params if isinstance(each, click.Option)]
        if rows:
            yield ""
            yield from _table(("option", "meaning"), rows)
        if isinstance(command, click.Group):
            yield ""
            yield f"Commands: {', '.join(_link(f'{name} {each}') for each in command.list_commands(context))}."


def _example(line: str) -> str:
    """A line of a command's help: the command, and behind some blanks what it does."""
    command, *about = re.split(r" {3,}", line.strip(), maxsplit=1)
    return f"$ {command}" + "".join(f"   # {each}" for each in about)


def _option(option: click.Option) -> tuple[str, str]:
    """Put together here and not by click, whose versions word it differently."""
    if isinstance(option.type, click.Choice):
        value = f" {'|'.join(option.type.choices)}"
    else:
        value = "" if option.is_flag or option.count else f" {option.metavar or _METAVARS[type(option.type)]}"
    default = f" [{option.default}]" if option.show_default else ""
    return f"`{', '.join(option.opts)}{value}`", f"{option.help or ''}{default}"


def _link(name: str) -> str:
    return f"[`{name.removeprefix(PROGRAM).strip()}`](#{name.replace(' ', '-')})"


def _playbook() -> Iterator[str]:
    yield "# Keywords of a playbook"
    yield ""
    yield "A playbook is a YAML list of plays. What they mean together: [playbooks](../playbooks.md)."
    for entry in entries("keywords"):
        yield from _section(entry, "keyword")


def _actions() -> Iterator[str]:
    yield from _plugins("# Actions", "What a task does. Each task has exactly one.", ACTIONS_GROUP, "action")


def _handlers() -> Iterator[str]:
    about = "What happens with each command's result, under `on_result`."
    yield from _plugins("# Result handlers", about, HANDLERS_GROUP, "result handler")


def _plugins(title: str, about: str, group: str, kind: str) -> Iterator[str]:
    yield title
    yield ""
    yield f"{about} More of them can be installed: they are found by the entry-point group `{group}`."
    ours = {point.name for point in entry_points(group=group) if point.value.startswith("runner.")}
    for entry in entries(kind):
        if entry.name in ours:
            yield from _section(entry, "argument")


def _templates() -> Iterator[str]:
    [entry] = entries("templates")
    yield "# Templates"
    yield ""
    yield entry.text
    yield ""
    yield from _table(("ours", "", "meaning"), [(f"`{each.name}`", each.type, each.text) for each in entry.arguments])
    for title, names in entry.lists:
        yield ""
        yield f"## {title}"
        yield ""
        yield ", ".join(f"`{name}`" for name in names)


def _settings() -> Iterator[str]:
    [entry] = entries("settings")
    flags: dict[str, list[str]] = {name: [] for name in Options.model_fields}
    for _, command, _ in commands():
        for option in command.params:
            name = (option.name or "").rstrip("_")
            setting = _SETTING_OF.get(name, name)
            if isinstance(option, click.Option) and setting in flags:
                flags[setting].append(max(option.opts, key=len))
    yield "# Settings"
    yield ""
    yield f"{entry.text} Which place wins: [operation](../operation.md#settings)."
    yield ""
    rows = []
    for each in entry.arguments:
        flag = ", ".join(f"`{name}`" for name in dict.fromkeys(flags[each.name])) or "-"
        rows.append((f"`{each.name}`", each.facts, flag, each.text))
    yield from _table(("setting", "value", "flag", "meaning"), rows)


def _inventory() -> Iterator[str]:
    yield "# Arguments of netmiko in an inventory"
    yield ""
    yield "What may stand under `connection_options.netmiko.extras`, beside `secret`."
    yield "Why there is a list: [inventory](../inventory.md#extras)."
    yield ""
    yield "## Allowed"
    yield ""
    yield from _table(("argument", "value"), [(f"`{name}`", value) for name, (value, _) in ALLOWED.items()])
    yield ""
    yield "## Refused"
    yield ""
    yield from _table(("argument", "why, and what instead"), [(f"`{name}`", why) for name, why in REFUSED.items()])


def _session_errors() -> Iterator[str]:
    """The causes are known to the table of messages alone."""
    yield "# Errors of sessions"
    yield ""
    yield (
        "Every way in which a session can fail, by its phase: until `prompt` the host is unreachable, from `command` on it has failed. "
        "What to do first in each phase: [operation](../operation.md#when-a-host-is-not-ok). `...` stands for what is known only then."
    )
    phase = ""
    for (at, cause), texts in _TEXTS.items():
        if at != phase:
            phase = at
            yield from ("", f"## {phase}", "", "| cause | message | hint |", "|---|---|---|")
        details = {name: "..." for _, name, _, _ in Formatter().parse(" ".join(texts)) if name}
        error = failure(at, cause, "HOST:PORT", details, output="...")
        yield from [*_table((), [(f"`{cause}`", error.message, error.hint)])][2:]
    yield from ("", "## In any phase", "", "| cause | message | hint |", "|---|---|---|")
    for cause in _ANY_PHASE:
        error = failure("command", cause, "HOST:PORT", {"hop": "...", "doing": "..."})
        yield from [*_table((), [(f"`{cause}`", error.message, error.hint)])][2:]
    yield from ("", "A login that a jump host refuses has the cause of phase `auth` with `jump_` before it, such as `jump_rejected`:")
    yield "it is the jump host's login, and the credentials of the host itself were not tried."


def _section(entry: Entry, what: str) -> Iterator[str]:
    yield ""
    yield f"## {entry.name}"
    yield ""
    yield entry.text
    if ": " in entry.heading:
        yield ""
        yield f"{entry.heading}."
    if entry.arguments:
        yield ""
        yield from _table((what, "value", "meaning"), [(f"`{each.name}`", each.facts, each.text) for each in entry.arguments])


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = [*head]
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in row)} |"


_PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "commands.md": _commands,
    "playbook.md": _playbook,
    "actions.md": _actions,
    "result_handlers.md": _handlers,
    "templates.md": _templates,
    "settings.md": _settings,
    "inventory.md": _inventory,
    "session_errors.md": _session_errors,
}

if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    if len(sys.argv) == 1:
        for name, text in schemas().items():
            (FOLDER.parent / name).write_text(text, encoding="utf-8")
