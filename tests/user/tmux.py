"""A real terminal emulator: a command in a window of tmux, and what stands on its screen."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.user.programs import needed
from tests.user.waiting import DEADLINE, until

_OVER = "<over:"


class Tmux:
    """One window with one command; when that has ended, its exit code stands below what it wrote."""

    def __init__(self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], columns: int = 80, rows: int = 24) -> None:
        self._program = needed("tmux")
        self._folder = tempfile.mkdtemp(prefix="tmux-")  # a socket's path is limited to about 100 bytes
        self._environment = {**environment, "TMUX_TMPDIR": self._folder}
        self._environment.pop("TMUX", None)
        script = f"trap : INT; {shlex.join(command)}; printf '{_OVER}%s>' $?; exec sleep 1000"
        size = ["-x", str(columns), "-y", str(rows)]
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(folder), f"exec sh -c {shlex.quote(script)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._tmux("kill-server")
        shutil.rmtree(self._folder)

    def screen(self) -> list[str]:
        """The lines that are visible now."""
        return self._tmux("capture-pane", "-p").rstrip("\n").split("\n")

    def everything(self) -> list[str]:
        """All lines, those that have gone out at the top included, each as long as it was written."""
        return self._tmux("capture-pane", "-p", "-J", "-S", "-").rstrip("\n").split("\n")

    def shows(self, words: str) -> None:
        """Wait until the words stand on the screen."""
        until(lambda: any(words in line for line in self.screen()), f"{words!r} on the screen")

    def types(self, *keys: str) -> None:
        """Press keys by tmux's names: `C-c`, `Enter`, or text."""
        self._tmux("send-keys", *keys)

    def leaves(self, seconds: float = DEADLINE) -> int:
        """Wait for the end of the command; gives its exit code."""
        until(lambda: any(_OVER in line for line in self.everything()), "the command ends", seconds)
        [last] = [line for line in self.everything() if _OVER in line]
        return int(last.partition(_OVER)[2].partition(">")[0])

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(
            [self._program, *arguments], env=self._environment, capture_output=True, text=True, check=True, timeout=20
        ).stdout
