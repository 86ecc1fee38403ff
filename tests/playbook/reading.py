"""How the tests here read a playbook: with four actions and four result handlers, as the registries would name them."""

from __future__ import annotations

from pathlib import Path

from runner.playbook.loader import Reading, read_playbook

ACTIONS = ("assert", "commands", "debug", "set_fact")
HANDLERS = ("expect", "parse", "print", "save")


def reading(path: Path) -> Reading:
    """What a file gives, named in messages by its last part."""
    return read_playbook(path, shown=path.name, actions=ACTIONS, handlers=HANDLERS)


def problems(path: Path) -> list[str]:
    """The problems of a file as a user reads them, without the file's name."""
    return [str(problem).removeprefix(f"{path.name}:") for problem in reading(path).problems]
