"""The contracts that plugins fulfil: what an action, a result handler and a session are, and the plain data they exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from pydantic import BaseModel

from runner.platforms import Platform

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class CommandResult:
    """What one command gave. For actions without commands, one entry with an empty `command`.

    `output` is text in which bytes that are not UTF-8 stand as surrogate escapes: encoded with `surrogateescape` it is what
    the device sent. `item` is the loop's value, None outside a loop. `truncated` says that the cap cut the output.
    """

    command: str = ""
    output: str = ""
    parsed: Any = None
    duration_seconds: float = 0.0
    item: Any = None
    truncated: bool = False

    def entry(self) -> dict[str, Any]:
        """The result as it stands in the JSON document and in registered variables."""
        entry: dict[str, Any] = {
            "command": self.command,
            "output": self.output,
            "parsed": self.parsed,
            "duration_seconds": round(self.duration_seconds, 3),
        }
        if self.item is not None:
            entry["item"] = self.item
        if self.truncated:
            entry["truncated"] = True
        return entry


@dataclass(frozen=True, kw_only=True)
class ActionResult:
    """What an action did on one host. A failed one says why in `reason`, in one sentence with the device's own words.

    `facts` become variables of the host (`set_fact`). `applied` and `total` count the lines of a configuration that the device
    accepted, and all of them; None for what has no lines. `diff` is what changed, as a unified diff.
    """

    results: tuple[CommandResult, ...] = ()
    changed: bool = False
    failed: bool = False
    reason: str = ""
    hint: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    applied: int | None = None
    total: int | None = None
    diff: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A device's answer to one command, with the prompt seen again behind it: proof that the command ended.

    `error` is the device's own error line (`% Invalid input detected ...`), empty when it had none to report.
    """

    command: str
    output: str
    duration_seconds: float
    truncated: bool = False
    error: str = ""


class ConfigMode(Protocol):
    """A device in configuration mode."""

    def send(self, line: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        """Send one line and return when its echo and a prompt of configuration mode were seen; otherwise as `Session.send`."""


class Session(Protocol):
    """An open session with a device that is at its prompt.

    Markers of secrets in what is sent are replaced at the first byte; replies hold what was given, never the secret.
    """

    def send(self, command: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        """Send one command and return when the prompt is back.

        Arguments:
            timeout: seconds until the command counts as hung; None = the session's own limit.
            prompt: a regular expression of a question the command is known to ask; it is answered with `answer`.
            answer: the text sent, with a newline, when `prompt` is seen.

        Raises:
            SessionError: phase `command`: no prompt in time, an unexpected end, the session lost.
            Stopped: the user asked to stop.
        """

    def configuring(self) -> AbstractContextManager[ConfigMode]:
        """Configuration mode, entered here and left again at the end of the block in every case, also after an error in it.

        Changes of a candidate that were not committed are the block's own business; what is still uncommitted when it ends is
        discarded, and never committed.

        Raises:
            SessionError: cause `config_mode`: the device does not enter it, with its own words, and nothing was changed; or as
                `send`. An error while leaving is raised only where the block itself raised none.
        """


class ActionContext(Protocol):
    """What an action sees of the run: one host, its variables, its session, and ways to speak.

    `host` and `variables` are plain data, `item` the loop's value, None outside a loop.
    """

    host: Mapping[str, Any]
    variables: Mapping[str, Any]
    item: Any

    @property
    def platform(self) -> Platform:
        """What is known of the host's platform."""

    @property
    def root(self) -> Path:
        """The project's folder."""

    @property
    def nornir_task(self) -> Any:
        """The Nornir task under way, for actions that run tasks of Nornir. Asking for it leaves the guarded session."""

    @property
    def session(self) -> Session:
        """The open session; asking for it in an action that declared `needs_session = False` raises RuntimeError."""

    def evaluate(self, expression: str) -> Any:
        """The value of a Jinja2 expression. Raises TemplateError (an InputError) when a name is undefined."""

    def show(self, text: str, *, title: str = "") -> None:
        """Show text to the user now; it may be anything a device can send."""

    def reveal(self, value: Any) -> Any:
        """The same data with the markers of secrets in its texts replaced; for code that the user named and so trusts."""

    def login(self) -> Mapping[str, Any]:
        """`hostname`, `port`, `username`, `password`, `platform` of this host, for opening a connection that is not ours."""

    def once_per_batch(self, work: Callable[[], Value]) -> Value:
        """What `work` gives when the first host of the batch comes here; the other hosts wait for it and get the same.

        Raises what `work` raised, in every host, and Stopped. The time counts against no deadline.
        """

    def ask(self, question: str) -> str:
        """What a person at the terminal answers, one line. Raises Stopped, or RunnerError where nobody can be asked."""

    def wait(self, seconds: float) -> None:
        """Let time pass. Raises Stopped as soon as the user asks to stop."""


class Action(Protocol):
    """What a task does. The class's docstring is its reference text, `arguments` its schema.

    `arguments` validates the value written in YAML behind the action's name, after templates in it were rendered; a root model
    where that value is a list or text.
    """

    name: ClassVar[str]
    arguments: ClassVar[type[BaseModel]]
    needs_session: ClassVar[bool]

    def writes(self, arguments: Any, platform: Platform) -> str:
        """Why these arguments could change the device ("'reload' is not a read-only command"); empty when they only read."""

    def run(self, arguments: Any, context: ActionContext) -> ActionResult:
        """Do it on one host. SessionError and Stopped pass through; any other exception is a bug shown as the host's failure."""


class HandlerContext(Protocol):
    """What a result handler sees: the result of one command on one host, and where to put what it makes of it."""

    host: Mapping[str, Any]
    task: str
    command: str
    output: str
    parsed: Any
    truncated: bool
    platform: str | None
    output_dir: Path
    root: Path

    def evaluate(self, expression: str) -> Any:
        """The value of a Jinja2 expression that also sees `host, command, output, parsed` and what was registered so far."""

    def render(self, text: str) -> str:
        """An argument marked with `LateMark`, rendered over the same names. Raises RunnerError where it cannot be."""

    def set_parsed(self, value: Any) -> None:
        """Give this command's result its `parsed` value; later handlers and the record see it."""

    def register(self, name: str, value: Any) -> None:
        """Make a value known by name to the handlers that follow and, after the task, to later tasks of this host."""

    def show(self, text: str, *, title: str = "") -> None:
        """Show text to the user now."""

    def claim(self, place: str) -> None:
        """Take a place, such as a file's path, for this result alone.

        Raises:
            RunnerError: another result of this run has it; the message names that result.
        """

    def saved(self, place: str) -> None:
        """Note that a file was written, by its path below `output_dir`: the end of the run says how many and where."""


class Refused(Exception):
    """A result handler's verdict: this result is not good enough, the host failed. The message says why in one sentence."""


class ResultHandler(Protocol):
    """What happens with a task's result, once for each command's result.

    Raising `Refused` makes the host failed; any other exception is the handler's own error and recorded as such.
    `arguments` validates the value written behind the handler's name in YAML, after templates in it were rendered at run time.
    An argument called `register` names a variable that the handler registers, so that planning knows it.
    """

    name: ClassVar[str]
    arguments: ClassVar[type[BaseModel]]

    def handle(self, arguments: Any, context: HandlerContext) -> None:
        """Treat one command's result."""
