"""Reads a YAML file into a document, or says everything that is wrong with it: the one loader for playbooks and inventories."""

from __future__ import annotations

from pathlib import Path

import yaml

from runner.documents.compose import Composer, TooMuch
from runner.documents.excerpt import split_lines
from runner.documents.frames import Found
from runner.documents.model import Document
from runner.documents.source import check_text, decode, read_bytes
from runner.documents.syntax import explain
from runner.documents.text_keys import Free, nothing_free, refuse_numbers
from runner.errors import InputError, Problem


def load(path: Path, *, shown: str | None = None, free: Free = nothing_free) -> Document:
    """Read a file; `shown` is how the user named it, default the path; in `free` data numbers may be keys.

    Raises:
        InputError: with every problem found: of the file itself, its encoding, its YAML.
    """
    return _all_or_nothing(*read(path, shown=shown, free=free))


def parse(source: bytes | str, *, file: str, free: Free = nothing_free) -> Document:
    """Understand YAML that is already in memory; `file` is the name for messages. Raises InputError as `load` does."""
    return _all_or_nothing(*understand(source, file=file, free=free))


def read(path: Path, *, shown: str | None = None, free: Free = nothing_free) -> tuple[Document | None, list[Problem]]:
    """As `load`, but gives what could be read beside the problems, so that more of them can be found in the same run."""
    shown = str(path) if shown is None else shown
    try:
        content = read_bytes(path, shown=shown)
    except InputError as error:
        return None, list(error.problems)
    return understand(content, file=shown, free=free)


def understand(source: bytes | str, *, file: str, free: Free = nothing_free) -> tuple[Document | None, list[Problem]]:
    """As `parse`, but gives what could be read beside the problems. No document where reading broke off."""
    try:
        text = decode(source, file=file) if isinstance(source, bytes) else check_text(source.removeprefix("\ufeff"), file=file)
    except InputError as error:
        return None, list(error.problems)
    composer = Composer()
    broken: Found | None = None
    data, place = None, None
    try:
        data, place = composer.compose(text)
    except TooMuch as error:
        broken = error.found
    except yaml.YAMLError as error:
        broken = explain(error, split_lines(text))
    found = [*composer.problems, *([broken] if broken else [])]
    if composer.numbered:
        data, place = refuse_numbers(data, place, free, found)
    document = Document(file=file, data=data, source=text, place=place, doubts=tuple(composer.doubts))
    first = {each.where: each for each in reversed(found)}  # one mistake is often noticed twice at one place
    shown = sorted(first.values(), key=lambda each: each.where)
    problems = [Problem(message=each.message, where=document.located(each.where), hint=each.hint) for each in shown]
    return None if broken else document, problems


def _all_or_nothing(document: Document | None, problems: list[Problem]) -> Document:
    if problems or document is None:
        raise InputError(problems)
    return document
