"""A job that dies at a place that is known, and what a person sees and does then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.forks import Forks


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Where commands are started without waiting for their imports."""
    with Forks() as server:
        yield server
