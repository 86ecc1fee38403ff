"""Walks one session from the name to the prompt and tells each step: what it gave, how long it took, what to do where it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from runner.errors import SessionError
from runner.target import Limits, Target
from runner.transport.classify import place_of, shown
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from runner.transport.jump import Jumps
from runner.transport.keys import KeyFiles
from runner.transport.platform_guess import clash, refusal

Status = Literal["ok", "odd", "failed", "not reached"]

_TO_LOGIN = ("dns", "tcp", "banner", "host key", "auth")
_TO_PROMPT = ("shell", "prompt", "paging off")
_FACTS = {
    "addresses": "{}",
    "address": "connected to {}",
    "banner": "{}",
    "key": "{}",
    "login": "{}",
    "prompt": "prompt {}",
    "ready": "stands at {}",
}
_PLATFORM_HINT = "check that 'platform' in the inventory is what the device is"
_VTY_HINT = "its session may still count on the device: look with `show users`"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step. `hop` is the jump host it was made with, empty for the device; `seconds` is None where it was not reached.

    An `odd` step went well and yet shows something that will make trouble.
    """

    name: str
    hop: str = ""
    status: Status = "not reached"
    seconds: float | None = None
    details: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All steps in their order, and the error that ended the walk, None where it came to its end."""

    host: str
    place: str
    steps: tuple[Step, ...]
    error: SessionError | None = None

    @property
    def exit_code(self) -> int:
        """That of the host: 0, 4 unreachable, 2 where the session works and yet cannot be used."""
        if self.error is not None:
            return self.error.exit_code
        return 2 if any(step.status == "failed" for step in self.steps) else 0


def diagnose(
    target: Target, limits: Limits, host_keys: HostKeys, cancelled: threading.Event, told: Callable[[Step], None] = lambda step: None
) -> Diagnosis:
    """Connect as a run does, once, and close again. `told` gets each step as it ends.

    Raises Stopped.
    """
    walk, key_files = _Walk(target, told), KeyFiles()
    jumps = Jumps(limits, host_keys, key_files, cancelled, walk.witness)
    session = GuardedNetmiko(target, limits, host_keys, cancelled, key_files=key_files, jumps=jumps, witness=walk.of_device)
    error: SessionError | None = None
    try:
        session.connect()
        walk.connected()
        session.close()
    except SessionError as failure:
        error = failure
        walk.fail(failure)
    finally:
        session.close()
        jumps.close()
    return Diagnosis(host=target.name, place=place_of(target.hostname, target.port), steps=walk.ended(), error=error)


@dataclass
class _Open:
    """A step under way."""

    name: str
    since: float = field(default_factory=time.monotonic)
    details: list[str] = field(default_factory=list)


class _Walk:
    """Makes steps of what the sessions with jump hosts and device tell. Called from their threads, one of which works at a time."""

    def __init__(self, target: Target, told: Callable[[Step], None]) -> None:
        self._target, self._told = target, told
        self._expected = [*_expected(target)]
        self._open: dict[str, _Open] = {}
        self._done: list[Step] = []
        self._banner = self._said = ""
        self._lock = threading.RLock()

    def of_device(self, what: str, text: str) -> None:
        """The witness of the session with the device itself."""
        if what == "banner":
            self._banner = text
        elif what == "received":
            self._said = (self._said + text)[-10_000:]
        self.witness("", what, text)

    def witness(self, hop: str, what: str, text: str) -> None:
        """Take in a word of the session with a jump host, or with the device (empty)."""
        with self._lock:
            if what == "phase":
                self._enter(hop, text.replace("_", " "))
            elif what in _FACTS and hop in self._open and text:
                self._open[hop].details.append(_FACTS[what].format(shown(text, 200)))
            if what == "prompt":
                self._said = ""
                self._enter(hop, "paging off")
            elif what == "ready":
                self._ready(hop)
            elif what == "closed" and "close" in self._open:
                self._end("close", "ok" if text.startswith("confirmed") else "odd", text)

    def connected(self) -> None:
        """The device stands at its last prompt; what is left is to close."""
        with self._lock:
            if "" in self._open:
                self._end("", "ok")
            self._open["close"] = _Open("close")

    def fail(self, error: SessionError) -> None:
        """The step under way is the one that failed: that of the jump host, if one of these is not done."""
        with self._lock:
            at = next((hop for hop in self._open if hop), "")
            if error.cause == "unknown_platform":
                self._open = {"": _Open("platform")}
            if at in self._open:
                self._end(at, "failed", reason=self._better_reason(error), hint=self._better_hint(error))

    def ended(self) -> tuple[Step, ...]:
        """Every step, those that were not reached behind the others."""
        done = {(step.hop, step.name) for step in self._done}
        rest = [step for step in self._expected if (step.hop, step.name) not in done]
        for step in rest:
            self._told(step)
        return (*self._done, *rest)

    def _enter(self, hop: str, name: str) -> None:
        if name == "command" or (hop == "" and name == "dns" and self._target.jump):  # a jump host looks the name up
            return
        if any(step.name == "auth" and step.hop == hop for step in self._done) and name == "auth":
            name = "enable"
        now = self._open.get(hop)
        if now is not None and now.name == name:
            return
        if now is not None and now.name == "tcp" and name == "dns":  # it is over, and only named after this phase
            return
        if now is not None:
            self._end(hop, "ok")
        self._open[hop] = _Open(name)

    def _ready(self, hop: str) -> None:
        if hop or self._open[""].name == "enable":
            self._end(hop, "ok")
            return
        if self._open[""].name == "prompt":  # a driver that looks for its prompt in its own way
            self._enter(hop, "paging off")
        refused = refusal(self._target.platform, self._said)
        odd = clash(self._target.platform, self._banner, self._said)
        if refused:
            self._end("", "failed", reason=refused, hint="; ".join(filter(None, (odd, _PLATFORM_HINT))))
        elif odd:
            self._end("", "odd", reason=odd, hint=_PLATFORM_HINT)
        else:
            self._end("", "ok")

    def _better_reason(self, error: SessionError) -> str:
        """Once the first prompt was seen, it is not this that did not come."""
        if error.cause != "no_prompt" or self._open[""].name != "paging off":
            return error.message
        told = refusal(self._target.platform, self._said)
        return told or f"no prompt came back in time when it was set up as a {self._target.platform}"

    def _better_hint(self, error: SessionError) -> str:
        """What banner and prompt tell of the device says more than that it may be another one."""
        odd = clash(self._target.platform, self._banner, self._said) if error.phase == "prompt" else ""
        return error.hint if odd in error.message else f"{odd}; {error.hint}"

    def _end(self, key: str, status: Status, reason: str = "", hint: str = "") -> None:
        now = self._open.pop(key)
        hop = "" if key == "close" else key
        if key == "close" and status == "odd":
            hint = _VTY_HINT
        step = Step(
            name=now.name,
            hop=hop,
            status=status,
            seconds=time.monotonic() - now.since,
            details=tuple(dict.fromkeys(now.details)),
            reason=reason,
            hint=hint,
        )
        self._done.append(step)
        self._told(step)


def _expected(target: Target) -> Iterator[Step]:
    """The steps of a walk in which nothing fails."""
    if target.jump:
        for step in _expected(target.jump):
            if not step.hop and step.name in _TO_LOGIN:
                yield replace(step, hop=target.jump.name)
            elif step.hop:
                yield step
    names = (*(name for name in _TO_LOGIN if name != "dns" or not target.jump), *_TO_PROMPT, *(("enable",) if target.secret else ()))
    yield from (Step(name=name) for name in (*names, "close"))
