"""Programs that some user tests need and not every machine has."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess

import pytest


def needed(program: str) -> str:
    """The path of a program. In continuous integration it is installed when missing; elsewhere the test is skipped, saying how."""
    if (shutil.which(program) is None) and os.environ.get("CI") == "true":
        _install(program)
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed; on Debian and Ubuntu: apt-get install {program}")
    return path


@functools.cache
def _install(program: str) -> None:
    """With Debian's package manager, where there is one and we may use it; whether it went well is for the caller to see."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", program]):
            subprocess.run(["apt-get", "-q", *arguments], env=environment, timeout=100, check=False, capture_output=True)
