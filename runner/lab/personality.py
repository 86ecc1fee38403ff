"""What a platform is to the one shell: its prompts, its words, its messages, and small handlers for its commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from runner.lab.config_tree import Edit
from runner.lab.configuration import Configuration
from runner.lab.device import Device
from runner.lab.grammar import Trouble
from runner.lab.ledger import Commit
from runner.lab.topology import Router


@dataclass(frozen=True, kw_only=True)
class Committed:
    """What a device remembers of a commit."""

    user: str
    line: int
    at: datetime
    comment: str = ""
    label: str = ""


class Node:
    """A device's own state, which outlives sessions: its configuration, the saved one, and who is logged in.

    `fleet` holds all nodes by name, this one too, for what a device knows of the others.
    """

    def __init__(self, device: Device, router: Router, config: Configuration, fleet: Mapping[str, Node]) -> None:
        self.device, self.router, self.fleet = device, router, fleet
        self.faults = device.faults
        self.config: Any = config  # a Configuration of the form that the platform's own handlers know
        self.saved: Any = config.copy()
        self.lines: dict[int, str] = {}
        self.commits: list[Committed] = []

    def occupy_line(self, username: str) -> int:
        """Take the lowest free terminal line."""
        number = next(number for number in range(len(self.lines) + 1) if number not in self.lines)
        self.lines[number] = username
        return number

    def is_shut(self, number: int) -> bool:
        """Whether the interface of the cable with this number (from 1) is shut down."""
        return bool(self.config.is_shut(number))


@dataclass(kw_only=True)
class Session:
    """One shell's state: its mode, where in the configuration it is, the size of its terminal (0 lines: never page).

    `section` are the section lines it is in, outermost first; `place` is what the prompt says about it. On a platform where lines
    wait for a commit, `pending` are they, and `seen_commits` is how many commits the device had when the session looked last.
    `names`: what the prompt may name besides, of this session alone. `outer`: modes and names of the shells that this one was
    started from. `status`: how the last command ended, where there is such a thing; a command without a shell exits with it.
    `stamps`: whether outputs begin with the time, where a platform does that.
    """

    node: Node
    mode: str
    length: int
    width: int = 80
    section: tuple[str, ...] = ()
    place: str = ""
    pending: list[Edit] = field(default_factory=list)
    seen_commits: int = 0
    stamps: bool = True
    line: int = 0
    enable_attempts: int = 0
    names: dict[str, str] = field(default_factory=dict)
    outer: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    status: int = 0


@dataclass(frozen=True, kw_only=True)
class Question:
    """Asked by the device; the answer goes to `then`.

    `takes`: a line; a single key (empty for Enter); or `text`, which is no question: a line that belongs to the configuration, as
    those of a banner do.
    """

    text: str
    then: Callable[[Session, str], Reply]
    echo: bool = True
    takes: Literal["line", "key", "text"] = "line"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a command comes to: text (lines end with a newline), a question, the end of the session, or that its value is wrong.

    Attributes:
        head: text before the output that no filter touches.
        views: filter that only this command has -> what it shows instead (`display set`).
        invalid: a value is wrong; `wrong` is the word that is (the last value when empty).
        refused: the output says why the device did not do it: such a line is not in its configuration.
        commit: a commit was tried, for the ledger.
    """

    output: str = ""
    head: str = ""
    views: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    invalid: bool = False
    wrong: str = ""
    refused: bool = False
    ask: Question | None = None
    commit: Commit | None = None
    leave: bool = False


Handler = Callable[[Session, tuple[str, ...]], Reply]
"""Gets the session, which it may change, and the values of the command's placeholders."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command of a platform. `instant` ones (terminal settings, enable, exit) are not slowed down and not faulty.

    `configures`: it is a line of configuration, which counts for the ledger and for the faults of such lines.
    """

    words: tuple[str, ...]
    run: Handler
    instant: bool = False
    configures: bool = False


def _nothing(session: Session) -> None:
    """Nothing is to be done."""


def _no_text(session: Session) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Pager:
    """How long output stops: the text shown, what removes it, and the keys for a page, a line and the end.

    `later`: the text from the second stop on, where it is another one, with `{percent}` of how much was shown.
    """

    text: str
    erase: str
    later: str = ""
    page: str = " "
    line: str = "\r\n"
    quit: str = "qQ"


@dataclass(frozen=True, kw_only=True)
class Personality:
    """A platform as data.

    Attributes:
        version: software name in the SSH banner.
        prompts: mode -> prompt, `{hostname}` and the session's `{place}` filled in.
        configuring: the modes in which lines of configuration are typed.
        commands: mode -> its commands; `fallback`: mode -> the mode whose commands are tried next.
        messages: trouble -> text, with `{caret}` (blanks up to the wrong word) and `{line}`; what has none is `invalid`.
        modifiers: word after `|` -> a function of the output and the rest of the line; `filtering`: the modes that know them
            (lines of configuration excepted); `chained`: one may follow another; `unpaged`: after these there are no pages.
        exact: words are not abbreviated. `refusal`: the exit status of a line that is refused.
        begin: what a session starts with; `end`: what is done when it has ended, however it did.
        notice: what the prompt begins with.
        welcome: text before the first prompt.
        interrupt: mode -> the line that Ctrl-C and Ctrl-Z mean in it.
        start: the mode of a new session.
        boot: the configuration a new device has.
    """

    name: str
    version: str
    prompts: Mapping[str, str]
    commands: Mapping[str, tuple[Command, ...]]
    messages: Mapping[Trouble, str]
    pager: Pager
    boot: Callable[[Device, Router], Configuration]
    start: Callable[[Device], str]
    fallback: Mapping[str, str] = field(default_factory=dict)
    modifiers: Mapping[str, Callable[[str, str], str]] = field(default_factory=dict)
    filtering: frozenset[str] = frozenset()
    configuring: frozenset[str] = frozenset()
    interrupt: Mapping[str, str] = field(default_factory=dict)
    chained: bool = False
    unpaged: frozenset[str] = frozenset()
    exact: bool = False
    refusal: int = 0
    begin: Callable[[Session], None] = _nothing
    end: Callable[[Session], None] = _nothing
    notice: Callable[[Session], str] = _no_text
    welcome: str = ""
    length: int = 24
    password_attempts: int = 3

    def prompt(self, session: Session) -> str:
        """The prompt of a session as it is now."""
        names = {"hostname": session.node.config.hostname, "username": session.node.device.username, "place": session.place}
        return self.notice(session) + self.prompts[session.mode].format_map(names | session.names)
