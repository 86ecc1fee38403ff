"""The one error of the lab: its ports, its files or its use are not as they must be."""

from __future__ import annotations

from runner.errors import RunnerError


class LabError(RunnerError):
    """The simulated fleet cannot do what was asked; nothing of the user's was touched."""

    exit_code = 3
