"""The shell alone, with a made-up platform: a second platform is data, not a second shell."""

from __future__ import annotations

import asyncio

import pytest

from runner.lab.config_tree import ConfigTree
from runner.lab.device import Device
from runner.lab.ledger import Ledger
from runner.lab.personality import Command, Node, Pager, Personality, Question, Reply, Session
from runner.lab.shell import Shell
from runner.lab.terminal import Terminal
from runner.lab.topology import network


def _more(session: Session, values: tuple[str, ...]) -> Reply:
    return Reply(output="".join(f"line {number}\n" for number in range(int(values[0]))))


def _sure(session: Session, values: tuple[str, ...]) -> Reply:
    return Reply(ask=Question(text="sure? ", then=lambda session, answer: Reply(output=f"{answer} it is\n")))


TOY = Personality(
    name="toy",
    version="Toy-1",
    prompts={"top": "<{hostname}> "},
    commands={
        "top": (
            Command(words=("count", "<name>"), run=_more),
            Command(words=("reboot",), run=_sure),
            Command(words=("bye",), run=lambda session, values: Reply(leave=True), instant=True),
        )
    },
    messages={"invalid": "what is {line}?\n", "incomplete": "go on\n", "ambiguous": "which one?\n"},
    pager=Pager(text="[more]", erase="\r", quit="x"),
    boot=lambda device, router: ConfigTree(f"hostname {device.name}\n"),
    start=lambda device: "top",
    length=5,
)


class Wire:
    """Both ends of a terminal line in memory: everything typed at once, then the end."""

    def __init__(self, typed: bytes) -> None:
        self._typed, self.shown = [typed, b""], b""

    async def read(self, n: int) -> bytes:
        return self._typed.pop(0)

    def write(self, data: bytes) -> None:
        self.shown += data

    async def drain(self) -> None:
        return None


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param(b"bye\r", b"\r\n<toy1> bye\r\n", id="leave"),
        pytest.param(b"by\r\n", b"\r\n<toy1> by\r\n", id="abbreviated"),
        pytest.param(b"fly\n", b"\r\n<toy1> fly\r\nwhat is fly?\r\n<toy1> ", id="message"),
        pytest.param(b"count\n", b"\r\n<toy1> count\r\ngo on\r\n<toy1> ", id="incomplete"),
        pytest.param(b"reboot\nyes\n", b"\r\n<toy1> reboot\r\nsure? yes\r\nyes it is\r\n<toy1> ", id="question"),
        pytest.param(b"count 5\nx", b"\r\n<toy1> count 5\r\nline 0\r\nline 1\r\nline 2\r\nline 3\r\n[more]\r<toy1> ", id="page"),
        pytest.param(b"fly\x7f\x7fx\x15bye\n", b"\r\n<toy1> fly\b \b\b \bx\b \b\b \bbye\r\n", id="editing"),
        pytest.param(b"", b"\r\n<toy1> ", id="gone"),
    ],
)
def test_conversations(typed: bytes, shown: bytes) -> None:
    async def converse() -> bytes:
        nodes: dict[str, Node] = {}
        device, ledger = Device("toy1", platform="toy"), Ledger(["toy1"])
        router = network(["toy1"])["toy1"]
        node = nodes["toy1"] = Node(device, router, TOY.boot(device, router), nodes)
        wire = Wire(typed)
        terminal = Terminal(wire, wire, lambda: node.faults, asyncio.Event())
        await Shell(node, TOY, terminal, ledger.opened("toy1"), lambda: None).converse()
        return wire.shown

    assert asyncio.run(converse()) == shown
