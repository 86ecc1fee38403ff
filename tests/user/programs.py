"""Programs that some user tests need and not every machine has."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # where servers are, and not every user looks


def needed(program: str, package: str = "") -> str:
    """The path of a program. In continuous integration it is installed when missing; elsewhere the test is skipped, saying how."""
    package = package or program
    if (shutil.which(program, path=_PATH) is None) and os.environ.get("CI") == "true":
        _install(program, package)
    path = shutil.which(program, path=_PATH)
    if path is None:
        pytest.skip(f"{program} is not installed; on Debian and Ubuntu: apt-get install {package}")
    return path


@functools.cache
def _install(program: str, package: str) -> None:
    """With Debian's package manager, where there is one and we may use it; whether it went well is for the caller to see.

    Tests run in several processes, and the package manager lets only one in.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (Path(tempfile.gettempdir()) / "nornir-playbook-tests.apt").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if shutil.which(program, path=_PATH) is None:
            for arguments in (["update"], ["install", "-y", "--no-install-recommends", package]):
                subprocess.run(["apt-get", "-q", *arguments], env=environment, timeout=300, check=False, capture_output=True)
