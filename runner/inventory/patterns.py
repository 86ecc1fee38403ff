"""Which hosts a pattern means: Ansible's grammar, with errors where Ansible warns or guesses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path

from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem, Where
from runner.inventory.elements import Element, parse_element, split_pattern
from runner.inventory.model import Inventory
from runner.inventory.ranges import several, written_out

EVERYONE = "all"
UNGROUPED = "ungrouped"

_HINTS = 20
"""A search for the nearest of 10,000 names takes time: the first problems get one, a file of wrong names does not hang."""


def select(
    pattern: str | Sequence[str], inventory: Inventory, *, limit: str | tuple[str, ...] | None = None, allow_empty: bool = False
) -> tuple[str, ...]:
    """The names of the hosts that `pattern` means, each once, in the pattern's order.

    Plain elements are united first, then every `&x` intersects, then every `!x` excludes, wherever they stand; with none but
    those, the start is all hosts. `limit` is a pattern too, or `@file` with one host a line, or the very names of hosts; it
    filters and never reorders, and may leave nothing: the answer is then empty, and the caller decides whether that is right.

    Arguments:
        allow_empty: elements and patterns that match nothing are fine.

    Raises:
        InputError: an element that names nothing known (with the nearest name), a regular expression or subscript that is
            wrong, a pattern that matches no host, a limit file that cannot be read. All of them at once.
    """
    matcher = _Matcher(inventory, allow_empty)
    hosts = matcher.hosts_of(_elements(pattern, matcher.knows), whole=pattern if isinstance(pattern, str) else ",".join(pattern))
    problems = matcher.problems
    if limit is not None:
        limiter = _Matcher(inventory)
        kept = set(limiter.named(limit) if isinstance(limit, tuple) else limiter.limited_to(limit))
        hosts = [host for host in hosts if host in kept]
        problems = [*problems, *limiter.problems]
    if problems:
        raise InputError(problems)
    return tuple(hosts)


@dataclass(frozen=True, kw_only=True)
class _Given:
    """One element as text and, from a file, where it stands."""

    text: str
    where: Where | None = None


def _elements(pattern: str | Sequence[str], known: Callable[[str], bool]) -> list[_Given]:
    """The elements of a pattern or of each in a list; a text that is a known name as a whole is one, whatever stands in it."""
    texts = [pattern] if isinstance(pattern, str) else pattern
    return [_Given(text=part) for text in texts for part in ([text.strip()] if known(text.strip().lstrip("&!")) else split_pattern(text))]


def _limit_elements(limit: str, known: Callable[[str], bool]) -> list[_Given]:
    if limit.startswith("@") and "," not in limit:
        return _lines_of(limit)
    given: list[_Given] = []
    for element in _elements(limit, known):
        given.extend(_lines_of(element.text) if element.text.startswith("@") else [element])
    return given


def _lines_of(element: str) -> list[_Given]:
    """The hosts named in `@file`: one a line, `#` starts a comment."""
    path = Path(element[1:]).expanduser()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"cannot read the limit file {path}: {error.strerror}", hint="`@file` names a file with one host a line") from None
    except UnicodeDecodeError:
        raise InputError(f"the limit file {path} is not UTF-8 text", hint="`@file` names a file with one host a line") from None
    given = []
    for number, line in enumerate(lines, start=1):
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if text:
            given.append(_Given(text=text, where=Where(file=str(path), line=number, column=line.index(text) + 1, text=line)))
    if not given:
        raise InputError(f"the limit file {path} names no host", hint="write one host a line")
    return given


class _Matcher:
    """Looks elements up in one inventory and collects what is wrong with them."""

    def __init__(self, inventory: Inventory, allow_empty: bool = False) -> None:
        self.problems: list[Problem] = []
        self._allow_empty = allow_empty
        self._inventory = inventory
        self._names = {name: (name,) for name in inventory.devices}

    def knows(self, name: str) -> bool:
        """Whether this is the name of a host or group as it stands."""
        return self._exact(name) is not None

    def limited_to(self, limit: str) -> list[str]:
        """The hosts of a limit."""
        return self.hosts_of(_limit_elements(limit, self.knows), whole=limit, option="limit ")

    def named(self, hosts: Sequence[str]) -> Sequence[str]:
        """Hosts by their very names, which mean nothing else here."""
        self.problems += [Problem(message=f"there is no host '{host}' any more") for host in hosts if host not in self._names]
        return hosts

    def hosts_of(self, given: Sequence[_Given], *, whole: str, option: str = "") -> list[str]:
        """The hosts of a whole pattern; `option` names it in messages."""
        before = len(self.problems)
        parsed = [(each, parse_element(each.text)) for each in given]
        found = [(element.operator, self._hosts_of_element(each, element)) for each, element in parsed]
        if any(operator == "" for operator, _ in found):
            hosts = list(dict.fromkeys(host for operator, names in found if operator == "" for host in names))
        else:
            hosts = list(self._inventory.devices)
        for members in [set(names) for operator, names in found if operator == "&"]:
            hosts = [host for host in hosts if host in members]
        excluded = {host for operator, names in found if operator == "!" for host in names}
        hosts = [host for host in hosts if host not in excluded]
        if not given:
            self.problems.append(Problem(message=f"the {option}pattern is empty", hint="write `all`, a group, or a host"))
        elif not hosts and len(self.problems) == before and not self._allow_empty:
            self.problems.append(Problem(message=f"the {option}pattern '{whole}' matches no host"))
        return hosts

    def _hosts_of_element(self, given: _Given, element: Element) -> Sequence[str]:
        if element.problem:
            self._report(given, element.problem)
            return ()
        whole = self._exact(element.text)
        if whole is not None:
            return whole
        names = self._lookup(element)
        if names is None:
            if not self._allow_empty:
                wrong = "matches" if element.is_glob or element.is_regex else "is"
                self._report(given, f"'{element.name}' {wrong} no host or group of the inventory", hint=self._nearest(element))
            return ()
        if element.subscript is None:
            return names
        if names == self._names.get(element.name) and element.name not in self._inventory.groups:
            self._report(given, f"'{element.text}' takes from a list of hosts, and '{element.name}' is one host", hint=several(element))
            return ()
        chosen = names[element.subscript]
        if not chosen and not self._allow_empty:
            self._report(given, f"'{element.text}' asks for hosts that '{element.name}' does not have: it has {len(names)}")
        return chosen

    def _lookup(self, element: Element) -> Sequence[str] | None:
        """Groups first, then hosts, as Ansible; a pattern with wildcards takes both. None when nothing has that name."""
        exact = self._exact(element.name)
        if exact is not None:
            return exact
        if element.is_regex:
            return self._matching(re.compile(element.name[1:]).match)
        if element.is_glob:
            return self._matching(re.compile(translate(element.name)).match)
        return None

    def _exact(self, name: str) -> Sequence[str] | None:
        if name in (EVERYONE, "*"):
            return tuple(self._inventory.devices)
        if name in self._inventory.groups:
            return self._inventory.groups[name]
        if name == UNGROUPED:
            return tuple(self._inventory.all_groups[UNGROUPED])
        return self._names.get(name)

    def _matching(self, matches: Callable[[str], object]) -> Sequence[str] | None:
        groups = [hosts for name, hosts in self._inventory.groups.items() if matches(name)]
        hosts = [name for name in self._inventory.devices if matches(name)]
        if not groups and not hosts:
            return None
        return tuple(dict.fromkeys([*(host for group in groups for host in group), *hosts]))

    def _nearest(self, element: Element) -> str:
        if element.is_regex or len(self.problems) >= _HINTS:
            return ""
        return written_out(element.name, self._names) or did_you_mean(
            element.name, [EVERYONE, UNGROUPED, *self._inventory.groups, *self._inventory.devices]
        )

    def _report(self, given: _Given, message: str, *, hint: str = "") -> None:
        self.problems.append(Problem(message=message, where=given.where, hint=hint))
