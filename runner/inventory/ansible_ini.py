"""Reads an Ansible inventory in INI form: sections, `:children`, `:vars`, and variables behind a host's name."""

from __future__ import annotations

import ast
import re
import shlex
import warnings
from typing import Any

from runner.errors import InputError, Problem, Where
from runner.inventory.ansible_model import AnsibleInventory, Group, Var
from runner.inventory.ansible_names import expand

_SECTION = re.compile(r"\[(?P<group>[^:\]\s]+)(?::(?P<kind>\w+))?\]\s*(?:#.*)?")
_CHILD = re.compile(r"(?P<group>[^:\]\s]+)\s*(?:#.*)?")
_ADDRESS = re.compile(r"\[[^\]\s]*:[^\]\s]*:[^\]\s]*\]")
"""An IPv6 address in brackets, which is a host."""
_KINDS = ("hosts", "children", "vars")


def read_ini(text: str, file: str, into: AnsibleInventory) -> None:
    """Add what an INI file says. Raises InputError with everything that is no line of such a file."""
    problems: list[Problem] = []
    name, kind = "ungrouped", "hosts"
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        where = Where(file=file, line=number, column=len(line) - len(line.lstrip()) + 1)
        if not stripped or stripped[0] in "#;":
            continue
        section = _SECTION.fullmatch(stripped)
        if section:
            name, kind = section["group"], section["kind"] or "hosts"
            into.group(name)
            if kind not in _KINDS:
                problems.append(
                    Problem(message=f"section [{name}:{kind}] is of no known kind", where=where, hint=f"known: {', '.join(_KINDS)}")
                )
            continue
        try:
            if stripped[0] == "[" and not _ADDRESS.match(stripped):
                raise ValueError(f"'{stripped}' begins like a section and is none; a section is [name], [name:vars] or [name:children]")
            _line(stripped, where, name, kind, into)
        except ValueError as error:
            problems.append(Problem(message=str(error), where=where, hint="such a line is not one of an Ansible inventory in INI form"))
    if problems:
        raise InputError(problems)


def _line(line: str, where: Where, name: str, kind: str, into: AnsibleInventory) -> None:
    """One line of a section. Raises ValueError."""
    group = into.group(name)
    if kind == "hosts":
        _host(line, where, group, into)
    elif kind == "vars":
        key, equals, value = line.partition("=")
        if not equals:
            raise ValueError(f"a variable is written name=value, and this line of [{name}:vars] has no '='")
        group.vars[key.strip()] = Var(_value(value.strip()), where, name)
    elif kind == "children":
        child = _CHILD.fullmatch(line)
        if not child:
            raise ValueError(f"this line of [{name}:children] is no name of a group")
        into.group(child["group"])
        group.children[child["group"]] = where


def _host(line: str, where: Where, group: Group, into: AnsibleInventory) -> None:
    try:
        words = shlex.split(line, comments=True)
    except ValueError as error:
        raise ValueError(f"this line cannot be taken apart: {error}") from None
    names, port = expand(words[0])
    given = {"ansible_port": port} if port is not None else {}
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"variables of a host are written name=value, and '{word}' has no '='")
        given[key] = _value(value)
    for name in names:
        into.host(name).update({key: Var(value, where, name) for key, value in given.items()})
        group.hosts[name] = None


def _value(text: str) -> Any:
    """What a value is: a literal of Python if it is one, else text. Source of the rule: Ansible's documentation of its `ini` plugin."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text
