"""Reads a playbook: every problem of the file in one pass, and as much of the playbook as is sound beside them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.documents.load import read
from runner.documents.model import Document
from runner.documents.scalars import kind
from runner.errors import Problem
from runner.playbook.free import is_free
from runner.playbook.model import Playbook
from runner.playbook.plays import PlayReader


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file gave. `playbook` holds the sound parts and is None when there is none.

    `lost` are the names that broken tasks would have registered or set: later tasks may use them without being wrong themselves.
    """

    playbook: Playbook | None
    document: Document | None
    problems: tuple[Problem, ...]
    lost: frozenset[str] = frozenset()


def read_playbook(path: Path, *, shown: str | None = None, actions: Collection[str], handlers: Collection[str]) -> Reading:
    """Read a playbook file.

    Arguments:
        shown: the file's name for messages, default the path.
        actions: names of the actions that exist; what their arguments should be is not checked here.
        handlers: names of the result handlers that exist.
    """
    document, problems = read(path, shown=str(path) if shown is None else shown, free=is_free)
    if document is None:
        return Reading(playbook=None, document=None, problems=tuple(problems))
    return read_document(document, problems, actions=actions, handlers=handlers)


def read_document(
    document: Document, problems: Collection[Problem] = (), *, actions: Collection[str], handlers: Collection[str]
) -> Reading:
    """Read a playbook from a document that has been parsed, wherever it came from; `problems` are those found with it already."""
    plays = PlayReader(document, actions, handlers)
    wrong = _wrong_shape(document)
    if wrong:
        return Reading(playbook=None, document=document, problems=(*problems, wrong))
    sound = [play for number, data in enumerate(document.data) if (play := plays.play(data, (number,)))]
    found = sorted([*problems, *plays.problems], key=_place)
    playbook = Playbook(path=document.file, plays=tuple(sound)) if sound else None
    return Reading(playbook=playbook, document=document, problems=tuple(found), lost=frozenset(plays.lost))


def _wrong_shape(document: Document) -> Problem | None:
    data: Any = document.data
    if data is None:
        return document.problem("the file is empty, but a playbook is a list of plays", hint="begin with: - hosts: all")
    if isinstance(data, dict):
        return document.problem("a playbook is a list of plays, not a mapping", hint="put '- ' before the first key, and indent the others")
    if not isinstance(data, list):
        return document.problem(f"a playbook is a list of plays, not {kind(data)}", hint="begin with: - hosts: all")
    return None if data else document.problem("the playbook has no plays", hint="begin with: - hosts: all")


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.where.line, problem.where.column) if problem.where else (0, 0)
