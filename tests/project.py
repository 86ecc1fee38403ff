"""A user's folder with an inventory of a simulated fleet, and the command run in it as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.lab import Device, Fleet

CANARY = "canary-Pa55word"
"""The password of every device in user tests; it may stand in the inventory and nowhere else."""

COMMAND = [sys.executable, "-m", "runner"]


@dataclass(frozen=True)
class Run:
    """One finished call of the command."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """stdout, which must be one JSON document and nothing else."""
        return json.loads(self.stdout)


@dataclass
class Project:
    """A folder with `inventory/` and playbooks, and a home directory of its own."""

    folder: Path
    make_fleet: Callable[..., Fleet]
    runs: list[Run] = field(default_factory=list)

    def fleet(self, devices: int | list[Device], **same: Any) -> Fleet:
        """A running fleet whose inventory stands in `inventory/`."""
        fleet = self.make_fleet(devices, **{"password": CANARY, **same} if isinstance(devices, int) else same)
        fleet.write_inventory(self.folder / "inventory")
        return fleet

    def write(self, name: str, text: str) -> Path:
        """A file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a user with an empty home, without what steers colours or our own settings."""
        drop = ("NORNIR_PLAYBOOK_", "NO_COLOR", "FORCE_COLOR", "XDG_", "PYTHONPATH", "COLUMNS")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(drop)}
        source = str(Path(__file__).parent.parent)
        return {**kept, "HOME": str(self.folder / "home"), "PYTHONPATH": source, "TERM": "xterm", **(extra or {})}

    def run(self, *arguments: str | Path, env: Mapping[str, str] | None = None, timeout: float = 60) -> Run:
        """Run `nornir-playbook` with these arguments in the folder, with no terminal and no input."""
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        run = Run(done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in run.stderr, run.stderr
        self.runs.append(run)
        return run

    def start(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start the command and leave it running; the caller ends it."""
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
