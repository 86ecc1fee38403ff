"""Starts `nornir-playbook` in a process forked from one that has it imported: one of its own, to be killed, without waiting for imports.

`python -m tests.crash.forks` is the server: it forks for every line of JSON that it reads. Only one child lives at a time.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SOURCE = Path(__file__).parents[2]


class Child:
    """A command that was started. Its end is read by a thread, so that it can be waited for and killed."""

    def __init__(self, pid: int, ended: threading.Thread, box: list[int]) -> None:
        self.pid, self._thread, self._box = pid, ended, box
        self.handle = os.pidfd_open(pid)

    def signal(self, number: int) -> None:
        """Send it a signal; does nothing when it has ended."""
        try:
            signal.pidfd_send_signal(self.handle, number)
        except ProcessLookupError:
            return

    def ended(self, seconds: float) -> bool:
        """Wait for its end at most so long; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def code(self) -> int:
        """As of `subprocess`: negative where a signal ended it."""
        return self._box[0]


class Forks:
    """A context manager: the server, and who asks it."""

    def __enter__(self) -> Self:
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        command = [sys.executable, "-m", "tests.crash.forks"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server.stdin and self._server.stdout
        self._server.stdin.close()
        self._server.wait(30)
        self._server.stdout.close()

    def start(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path) -> Child:
        """Start the command; its results go to a file, what else it says to one beside it that ends in `.err`."""
        order = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment), "output": str(output)}
        pid, box = int(self._ask(order)), [0]
        thread = threading.Thread(target=lambda: box.__setitem__(0, int(self._ask("wait"))), daemon=True)
        child = Child(pid, thread, box)  # before it is waited for, so that its number is still its own
        thread.start()
        return child

    def _ask(self, order: Any) -> str:
        assert self._server.stdin and self._server.stdout
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        return self._server.stdout.readline()


def serve() -> None:
    """Until there are no more orders."""
    preload()
    pid = 0
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        if order == "wait":
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201 - the answer
            continue
        pid = os.fork()
        if not pid:
            become(order)
            return
        print(pid, flush=True)  # noqa: T201 - the answer


def preload() -> None:
    """Import what a run imports."""
    for name in ("again", "prepare", "ready", "recording", "run", "starting"):
        importlib.import_module(f"runner.jobs.{name}")
    for name in (
        "cli.main",
        "cli.session",
        "cli.ask",
        "cli.recording",
        "store.store",
        "store.leases",
        "store.reading",
        "transport.connection",
    ):
        importlib.import_module(f"runner.{name}")
    from runner.planning.registries import Registries

    registries = Registries()
    for name in ("commands", "config"):
        registries.actions.get(name)
    for name in ("save", "expect"):
        registries.handlers.get(name)
    assert threading.active_count() == 1, "a fork would leave threads behind"


def become(order: Mapping[str, Any]) -> None:
    """Be the command, in the forked process, up to its exit."""
    from runner import crash_points
    from runner.cli.main import main

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, order["output"]), (2, Path(order["output"]).with_suffix(".err"))):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["nornir-playbook", *order["arguments"]]
    importlib.reload(crash_points)  # it reads the environment
    main()


if __name__ == "__main__":
    serve()
