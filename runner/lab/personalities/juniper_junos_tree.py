"""A Junos configuration as a tree of statements: set, delete, braces, `set` lines and what `compare` shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy

Statements = dict[str, "Statements"]
Path = tuple[str, ...]
"""Statements from the top down: `("interfaces", "ge-0/0/0", "unit 0")`."""

TOP = frozenset({
    "access", "apply-groups", "chassis", "class-of-service", "event-options", "firewall", "forwarding-options", "groups", "interfaces",
    "policy-options", "protocols", "routing-instances", "routing-options", "security", "services", "snmp", "system", "version", "vlans",
})  # fmt: skip
SYSTEM = frozenset({
    "archival", "authentication-order", "domain-name", "domain-search", "host-name", "location", "login", "max-configuration-rollbacks",
    "name-server", "ntp", "ports", "processes", "radius-server", "root-authentication", "services", "static-host-mapping", "syslog",
    "tacplus-server", "time-zone",
})  # fmt: skip
"""What the lab's Junos knows at the top and below `system`; elsewhere it takes any word."""
SINGLE = frozenset({
    "any", "authorization", "autonomous-system", "class", "contact", "dead-interval", "description", "domain-name", "encrypted-password",
    "files", "hello-interval", "host-name", "link-mode", "local-as", "location", "max-configuration-rollbacks", "message", "metric", "mtu",
    "next-hop", "peer-as", "preference", "priority", "protocol-version", "root-login", "router-id", "secret", "size", "speed", "time-zone",
    "type", "uid", "version", "vlan-id",
})  # fmt: skip
"""Words with one value: a new one replaces the old one."""
NAMED = SINGLE | frozenset({
    "address", "apply-groups", "area", "authentication-order", "community", "domain-search", "export", "family", "file", "group", "host",
    "import", "interface", "members", "name-server", "neighbor", "policy-statement", "prefix-list", "protocol", "route", "server", "term",
    "unit", "user",
})  # fmt: skip
"""Words that a name or a value belongs to."""
NUMBERS = {"mtu": (256, 9192), "vlan-id": (0, 4094), "metric": (1, 65535)}


class Refused(Exception):
    """A line that Junos does not take: the word at fault, empty when one is missing; `message` where Junos has its own."""

    def __init__(self, word: str, message: str = "") -> None:
        super().__init__(message or word)
        self.word, self.message = word, message


def words_of(text: str) -> list[str]:
    """Words of a line; quoted text is one word, which keeps its quotes where it needs them."""
    found = re.findall(r'"[^"]*"|\S+', text)
    return [word[1:-1] if re.fullmatch(r'"[^"\s;{}|]+"', word) else word for word in found]


def statements(words: Sequence[str], above: Path = (), *, whole: bool = True) -> Path:
    """The words of a line as statements below `above`; not `whole`: the last one may lack its value. Raises Refused."""
    path: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        _check_word(word, (*above, *path))
        if word in NAMED and (*above, *path)[-1:] != ("interfaces",):
            if not rest and whole:
                raise Refused("")
            if not rest:
                path.append(word)
                break
            value = rest.pop(0)
            _check_value(word, value)
            path.append(f"{word} {value}")
            if word in SINGLE and rest:
                raise Refused(rest[0])
        else:
            path.append(word)
    return tuple(path)


def _check_word(word: str, above: Path) -> None:
    known = TOP if not above else SYSTEM if above == ("system",) else None
    if re.search(r'[{};\[\]|"]', word) or (known is not None and word not in known):
        raise Refused(word)


def _check_value(word: str, value: str) -> None:
    if value.count('"') % 2 or (not value.startswith('"') and re.search(r"[{};\[\]|]", value)):
        raise Refused(value)
    if word == "host-name" and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", value):
        raise Refused(value, f"error: invalid hostname '{value}'")
    if word in NUMBERS:
        low, high = NUMBERS[word]
        if not value.isdecimal():
            raise Refused(value, f"error: Invalid numeric value: '{value}'")
        if not low <= int(value) <= high:
            raise Refused(value, f"error: Value {value} is not within range ({low}..{high})")


class JunosTree:
    """Statements in order, each with those below it; a statement is a word, or a word and its name or value."""

    def __init__(self, lines: str = "") -> None:
        self._top: Statements = {}
        for line in lines.splitlines():
            self.set(statements(words_of(line)[1:]))

    def copy(self) -> JunosTree:
        """An independent copy."""
        return deepcopy(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JunosTree) and self._top == other._top

    __hash__ = None  # type: ignore[assignment]  # it changes: the way to say so that Python documents

    def set(self, path: Path) -> None:
        """Make sure that a statement exists; a single value replaces the one before it."""
        here = self._top
        for statement in path:
            word = statement.split(" ", 1)[0]
            if word in SINGLE and " " in statement and statement not in here:
                for old in [each for each in here if each.startswith(f"{word} ") and not here[each]]:
                    del here[old]
            here = here.setdefault(statement, {})

    def delete(self, path: Path) -> bool:
        """Remove a statement (`host-name` without its value too), and what it leaves empty; False when there is none."""
        here = self.at(path[:-1])
        gone = [each for each in here if each == path[-1] or each.startswith(f"{path[-1]} ")] if path else list(here)
        for each in gone:
            del here[each]
        if gone and len(path) > 1 and not here:
            self.delete(path[:-1])
        return bool(gone)

    def at(self, path: Path) -> Statements:
        """What is below a statement; empty when there is none."""
        here = self._top
        for statement in path:
            here = here.get(statement, {})
        return here

    def value(self, path: Path, word: str) -> str:
        """The value of a word below a path, without its quotes; empty when it has none."""
        found = next((each for each in self.at(path) if each.startswith(f"{word} ")), "")
        return found.removeprefix(f"{word} ").strip('"')

    def text(self, path: Path = ()) -> str:
        """In curly braces, as `show` gives it."""
        return "".join(f"{line}\n" for line in _braces(self._named(path)[1]))

    def set_lines(self, path: Path = ()) -> str:
        """As `| display set` gives it: one line a leaf, from the top down."""
        above, here = self._named(path)
        return "".join(f"set {' '.join(leaf)}\n" for leaf in _leaves(here, above))

    def _named(self, path: Path) -> tuple[Path, Statements]:
        """What a path means to `show`: what is below it, or the statements of its last word when that stands without its value."""
        beside = self.at(path[:-1])
        if not path or path[-1] in beside:
            return path, self.at(path)
        return path[:-1], {each: below for each, below in beside.items() if each.startswith(f"{path[-1]} ")}

    def compared(self, older: JunosTree, path: Path = ()) -> str:
        """What is different from an older one below a path, as `| compare` gives it; empty when nothing is."""
        return "".join(f"{line}\n" for line in _differences(older.at(path), self.at(path), path))


def _braces(here: Statements, depth: int = 0) -> Iterator[str]:
    indent = "    " * depth
    for statement, below in here.items():
        if below:
            yield f"{indent}{statement} {{"
            yield from _braces(below, depth + 1)
            yield f"{indent}}}"
        else:
            yield f"{indent}{statement};"


def _leaves(here: Statements, above: Path) -> Iterator[Path]:
    for statement, below in here.items():
        if below:
            yield from _leaves(below, (*above, statement))
        else:
            yield (*above, statement)


def _differences(old: Statements, new: Statements, path: Path) -> Iterator[str]:
    gone = {each: below for each, below in old.items() if each not in new}
    come = {each: below for each, below in new.items() if each not in old}
    if gone or come:
        yield f"[edit{''.join(f' {each}' for each in path)}]"
    for each, below in gone.items():
        yield from _marked("-", {each: below})
        word = each.split(" ", 1)[0]
        successor = next((other for other in come if word in SINGLE and other.startswith(f"{word} ")), None)
        if successor is not None:
            yield from _marked("+", {successor: come.pop(successor)})
    yield from _marked("+", come)
    for each in [each for each in new if each in old]:
        yield from _differences(old[each], new[each], (*path, each))


def _marked(sign: str, these: Statements) -> Iterator[str]:
    return (f"{sign}  {line}" for line in _braces(these))
