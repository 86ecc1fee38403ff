"""F20e: a device that is of another platform than the inventory says is told as soon as it is sure, and a slow one is waited for."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from runner.errors import SessionError
from runner.target import Limits
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from runner.transport.platform_guess import refusal
from tests.transport.scripted import Reader, Talk, Writer, cisco, server

LIMITS = Limits(connect=30.0, command=5.0, close=1.0)
SLOW = 1.5
"""Seconds that a device takes for an answer: longer than a silence that is looked into."""
JUNOS = {
    b"set cli screen-width 511": b"Screen width set to 511\r\n",
    b"set cli complete-on-space off": b"Disabling complete-on-space\r\n",
    b"set cli screen-length 0": b"Screen length set to 0\r\n",
}


@contextmanager
def connecting(talk: Talk, platform: str) -> Iterator[GuardedNetmiko]:
    with server(talk) as target:
        session = GuardedNetmiko(dataclasses.replace(target, platform=platform), LIMITS, HostKeys("ignore"), threading.Event())
        try:
            yield session
        finally:
            session.close()


OTHERS: dict[str, tuple[str, bytes, bytes, str]] = {
    "it refuses": ("juniper_junos", b"admin@r1>", b"    ^\r\n% Invalid input detected at '^' marker.\r\n", "'% Invalid input detected"),
    "its prompt": ("juniper_junos", b"r1#", b"", "'r1#' looks like an IOS-like device"),
    "its prompt, and nothing is sent": ("hp_comware", b"r1#", b"", "'r1#' looks like an IOS-like device"),
}


@pytest.mark.parametrize(("platform", "prompt", "answer", "said"), OTHERS.values(), ids=OTHERS)
def test_another_platform_is_told_before_the_time_is_over(platform: str, prompt: bytes, answer: bytes, said: str) -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        await cisco(reader, writer, answers=lambda line: answer if line else b"", prompt=prompt)

    with connecting(talk, platform) as session, pytest.raises(SessionError) as caught:
        session.connect()
    assert (caught.value.phase, caught.value.cause) == ("prompt", "failed")
    assert said in caught.value.message and "check that 'platform'" in caught.value.hint


def test_an_answer_that_takes_long_is_waited_for_whatever_the_prompt_looks_like() -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\nr1>")
        while line := await reader.readline():
            writer.write(line.strip() + b"\r\n")
            if line.strip():
                await asyncio.sleep(SLOW)
            writer.write(JUNOS.get(line.strip(), b"") + b"r1>")

    with connecting(talk, "juniper_junos") as session:
        session.connect()
        assert session.connection.base_prompt == "r1"


def test_a_refusal_of_a_command_before_counts_for_nothing() -> None:
    """What a driver goes on after is not held against the next command, however long that one takes."""

    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\nr1#")
        while line := await reader.readline():
            if line.strip() == b"terminal length 0":
                await asyncio.sleep(SLOW)
            refusal = b"% Invalid input detected\r\n" if line.strip() == b"terminal width 511" else b""
            writer.write(line.strip() + b"\r\n" + refusal + b"r1#")

    with connecting(talk, "cisco_ios") as session:
        session.connect()
        assert session.connection.base_prompt == "r1"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("terminal width 511\r\n%LINK-3-UPDOWN: Interface Gi0/1, changed state to up\r\nr1#", ""),
        ("terminal width 511\r\n% Invalid input\r\nr1#", "the device refused what a cisco_ios is set up with: '% Invalid input'"),
    ],
    ids=["the log", "a refusal"],
)
def test_the_log_of_a_device_is_no_refusal(said: str, told: str) -> None:
    assert refusal("ios", said) == told
