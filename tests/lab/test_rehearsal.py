"""Faults by name for `lab up`: each that is offered can be asked for, and what cannot is said."""

from __future__ import annotations

import math
import socket
from pathlib import Path

import pytest

from runner.lab import Faults, LabError
from runner.lab.rehearsal import faults_of, offered
from runner.lab.up import lab_up
from tests.lab.client import transport
from tests.lab.test_up import free_run

NAMES = ("r1", "r2", "r3")

ROWS = [
    pytest.param(["r1=refuse"], {"r1": Faults(refuse=True)}, id="no value"),
    pytest.param(["r1=down"], {"r1": Faults(refuse=True)}, id="another word"),
    pytest.param(["r1,r3=hang_at=command"], {name: Faults(hang_at="command") for name in ("r1", "r3")}, id="two devices"),
    pytest.param(["r2=slow=1.5", "r2=noisy=a=b"], {"r2": Faults(slow=1.5, noisy="a=b")}, id="two faults of one device"),
    pytest.param(["r2=close_at_line=2"], {"r2": Faults(close_at_line=2)}, id="a whole number"),
    pytest.param(["r2=flood=inf"], {"r2": Faults(flood=math.inf)}, id="endless"),
    pytest.param(["r2=error_on=show clock"], {"r2": Faults(error_on=frozenset({"show clock"}))}, id="a command"),
    pytest.param([], {}, id="none"),
]


@pytest.mark.parametrize(("texts", "expected"), ROWS)
def test_what_is_asked_for_is_what_is_wrong(texts: list[str], expected: dict[str, Faults]) -> None:
    assert faults_of(texts, NAMES) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("r1", "is not NAME=FAULT"),
        ("=refuse", "is not NAME=FAULT"),
        ("r1=explode", "no fault 'explode'"),
        ("r1=raw_output=x", "no fault 'raw_output'"),
        ("r9=refuse", "no device 'r9'"),
        ("r1=refuse=yes", "takes no value"),
        ("r1=hang_at", "needs a value"),
        ("r1=hang_at=lunch", "needs a value"),
        ("r1=slow=very", "needs a number, and this is 'very'"),
        ("r1=close_at_line=1.5", "needs a number"),
    ],
)
def test_what_the_lab_cannot_do_is_said(text: str, words: str) -> None:
    with pytest.raises(LabError, match=words) as caught:
        faults_of([text], NAMES)
    assert caught.value.hint


@pytest.mark.parametrize("name", offered())
def test_every_fault_that_is_offered_can_be_asked_for(name: str) -> None:
    values = ("command", "2", None)
    done = []
    for value in values:
        try:
            done.append(faults_of([f"r1={name}" + (f"={value}" if value else "")], NAMES)["r1"])
        except LabError:
            continue
    assert done and all(faults != Faults() for faults in done)


def test_lab_up_starts_with_them(tmp_path: Path) -> None:
    first = free_run(2)
    fleet = lab_up(2, tmp_path / "inventory", first, tmp_path / "state", faults={"r2": Faults(refuse=True)})
    try:
        with transport(fleet, "r1") as client:
            assert client.is_authenticated()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", first + 1), timeout=5)
    finally:
        fleet.stop()
