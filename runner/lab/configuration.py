"""What the lab asks of any device's configuration, whatever its form."""

from __future__ import annotations

from typing import Protocol, Self


class Configuration(Protocol):
    """As text (`str`) it is what `Fleet.running_config` gives."""

    @property
    def hostname(self) -> str:
        """The name in the prompt."""

    def copy(self) -> Self:
        """An independent copy, for the saved configuration."""

    def is_shut(self, number: int) -> bool:
        """Whether the port of the cable with this number (from 1) is shut down."""
