"""Where the hosts of a batch meet: to do something once for all of them, and to wait for each other between tasks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable
from typing import Any, TypeVar, cast

from runner.execution.control import Control

Value = TypeVar("Value")

_PULSE = 0.1


class Meetings:
    """One for a job. Every wait ends with Stopped as soon as nothing new may start."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._lock = threading.Lock()
        self._once: dict[Hashable, _Once] = {}
        self._barriers: dict[int, Barrier] = {}

    def once(self, key: Hashable, work: Callable[[], Value]) -> Value:
        """What `work` gives to whoever comes first with this key; the others wait and get the same, or the same exception."""
        with self._lock:
            first = key not in self._once
            slot = self._once.setdefault(key, _Once())
        if first:
            slot.run(work)
        while not slot.ended.wait(_PULSE):
            self._control.check()
        if slot.error is not None:
            raise slot.error
        return cast(Value, slot.value)

    def barrier(self, batch_number: int, hosts: Collection[str]) -> Barrier:
        """The barrier of a batch with these hosts."""
        with self._lock:
            return self._barriers.setdefault(batch_number, Barrier(hosts, self._control))


class _Once:
    """A piece of work done by one thread, and what came of it."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None

    def run(self, work: Callable[[], Any]) -> None:
        try:
            self.value = work()
        except BaseException as error:  # raised in every host that waits, also in the one that did the work
            self.error = error
        finally:
            self.ended.set()


class Barrier:
    """No host goes on to its next step before every other host that is still there has come as far."""

    def __init__(self, hosts: Collection[str], control: Control) -> None:
        self._steps = dict.fromkeys(hosts, 0)
        self._control = control
        self._changed = threading.Condition()

    def pass_step(self, host: str) -> None:
        """The host has ended a step; returns when all others have ended as many, or left. Raises Stopped."""
        with self._changed:
            self._steps[host] = own = self._steps.get(host, 0) + 1
            self._changed.notify_all()
            while any(steps < own for steps in self._steps.values()):
                self._control.check()
                self._changed.wait(_PULSE)
        self._control.check()

    def join(self, host: str) -> None:
        """A host that had left is there again, at its first step: from now on the others wait until it has come as far as they."""
        with self._changed:
            self._steps.setdefault(host, 0)

    def leave(self, host: str) -> None:
        """The host comes no more, for now. May be called twice."""
        with self._changed:
            self._steps.pop(host, None)
            self._changed.notify_all()
