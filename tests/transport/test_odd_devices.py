"""Devices that echo, ask, page or greet in their own way."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from runner.errors import SessionError
from runner.secret import Secret
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from tests.transport.scripted import Login, Reader, Talk, Writer, cisco, server

LIMITS = Limits(connect=8.0, command=8.0, close=1.0)


@contextmanager
def session(talk: Talk, login: Login | None = None, **changes: object) -> Iterator[GuardedNetmiko]:
    with server(talk, login) as target:
        made: Target = dataclasses.replace(target, **changes)  # type: ignore[arg-type]  # names are checked at run time
        connection = GuardedNetmiko(made, LIMITS, HostKeys("ignore"), threading.Event())
        try:
            connection.connect()
            yield connection
        finally:
            connection.close()


def test_a_device_that_does_not_echo() -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        await cisco(reader, writer, answers=lambda line: b"12:00\r\n" if line == b"show clock" else b"", echo=False)

    with session(talk, platform="terminal_server") as connection:
        assert connection.send("show clock").output.strip() == "12:00"


def test_an_echo_that_is_wrapped_and_repainted() -> None:
    command = "show running-config | include " + "x" * 60

    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\nr1#")
        while line := await reader.readline():
            line = line.strip()
            shown = line[:40] + b" \r\n\x1b[K" + line[40:] if len(line) > 40 else line
            writer.write(shown + b"\r\n" + (b"found\r\n" if len(line) > 40 else b"") + b"r1#")

    with session(talk) as connection:
        assert connection.send(command).output == "found"


def test_a_question_that_was_declared_is_answered_once() -> None:
    got: list[bytes] = []

    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\nr1#")
        while line := await reader.readline():
            writer.write(line.strip() + b"\r\n")
            if line.strip() == b"clear counters":
                writer.write(b"Clear all counters? [confirm]")
                got.append(await reader.readline())
                writer.write(b"\r\ncleared\r\n")
            writer.write(b"r1#")

    with session(talk) as connection:
        reply = connection.send("clear counters", prompt=r"\[confirm\]", answer="y")
        assert reply.output.endswith("cleared")
        assert connection.send("show clock").output == ""
    assert got == [b"y\n"]


def test_f17_a_question_nobody_declared_is_told() -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\nr1#")
        while line := await reader.readline():
            writer.write(line.strip() + b"\r\n")
            if line.strip() == b"clear counters":
                writer.write(b"Clear all counters? [confirm]")
                await reader.readline()
            writer.write(b"r1#")

    with session(talk) as connection, pytest.raises(SessionError) as caught:
        connection.send("clear counters")
    assert caught.value.cause == "unexpected_question"
    assert "'Clear all counters? [confirm]'" in caught.value.message


def test_a_device_that_needs_the_return_key_twice() -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\nPress RETURN to get started.\r\n")
        await reader.readline()
        await cisco(reader, writer, answers=lambda line: b"12:00\r\n" if line == b"show clock" else b"")

    with session(talk) as connection:
        assert connection.send("show clock").output == "12:00"


def test_a_prompt_with_a_blank_behind_and_colours_around() -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\n\x1b[1mr1#\x1b[0m ")
        while line := await reader.readline():
            answer = b"12:00\r\n" if line.strip() == b"show clock" else b""
            writer.write(line.strip() + b"\r\n" + answer + b"\r\x1b[K\x1b[1mr1#\x1b[0m ")

    with session(talk) as connection:
        assert connection.send("show clock").output == "12:00"
        assert connection.send("show clock").output == "12:00"


@pytest.mark.parametrize("lost", ["garbage that nobody asked for", "r1#show again"])
def test_f15_what_comes_before_a_command_is_out_of_step(lost: str) -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\nr1#")
        while line := await reader.readline():
            writer.write(line.strip() + b"\r\nr1#")
            if line.strip() == b"show version":
                await asyncio.sleep(0.2)
                writer.write(f"\r\n{lost}\r\nr1#".encode())

    with session(talk) as connection:
        connection.send("show version")
        with pytest.raises(SessionError) as caught:
            until = time.monotonic() + 5.0
            while time.monotonic() < until:
                connection.check()
    assert caught.value.cause == "out_of_step"
    assert lost in caught.value.message


@pytest.mark.parametrize("stalls", [0.0, 0.4], ids=["quick", "stalls longer than it is waited for"])
def test_repeated_prompts_between_commands_are_harmless(stalls: float) -> None:
    async def talk(reader: Reader, writer: Writer) -> None:
        writer.write(b"\r\nr1#")
        pause = stalls
        while line := await reader.readline():
            await asyncio.sleep(pause)
            pause = 0.0
            answer = b"\r\n12:00" if line.strip() == b"show clock" else b""
            writer.write(line.strip() + answer + b"\r\nr1#")
            await asyncio.sleep(0.05)
            writer.write(b"\r\nr1#")

    with session(talk) as connection:
        for _ in range(5):
            assert connection.send("show clock").output == "12:00"


@pytest.mark.parametrize(
    ("login", "tried"),
    [
        (Login(password=False, questions=("Password: ",)), ["interactive admin"]),
        (Login(password=True, questions=("Password: ",)), ["password admin"]),
        (Login(nothing=True), []),
    ],
    ids=["interactive", "both", "none"],
)
def test_f24_one_attempt_by_the_method_the_device_offers(login: Login, tried: list[str]) -> None:
    with session(cisco, login) as connection:
        connection.send("show clock")
    assert login.tried == tried


@pytest.mark.parametrize(
    ("login", "cause", "tried"),
    [
        (Login(password=False, questions=("Password: ",)), "rejected", ["interactive wrong"]),
        (Login(password=True, questions=("Password: ",)), "rejected", ["password wrong"]),
        (Login(password=False, questions=("Password: ", "Token: ")), "second_factor", []),
        (Login(password=False), "no_method", []),
    ],
    ids=["interactive", "both", "token", "keys_only"],
)
def test_f24_a_wrong_password_is_tried_by_one_method_only(login: Login, cause: str, tried: list[str]) -> None:
    with pytest.raises(SessionError) as caught, session(cisco, login, password=Secret("wrong")):
        pass
    assert (caught.value.phase, caught.value.cause) == ("auth", cause)
    assert login.tried == tried


PLATFORMS: dict[str, tuple[bytes, dict[bytes, bytes]]] = {
    "cisco_xe": (b"r1#", {}),
    "cisco_nxos": (b"r1# ", {}),
    "cisco_xr": (b"RP/0/RP0/CPU0:r1#", {}),
    "arista_eos": (b"r1#", {b"terminal width 511": b"Width set to 511 columns.", b"terminal length 0": b"Pagination disabled."}),
    "juniper_junos": (
        b"admin@r1> ",
        {b"set cli screen-width 511": b"Screen width set to 511", b"set cli screen-length 0": b"Screen length set to 0"},
    ),
    "huawei": (b"<r1>", {}),
    "hp_procurve": (b"r1# ", {}),
    "generic": (b"r1$ ", {}),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_drivers_of_other_platforms_work_unchanged(platform: str) -> None:
    prompt, known = PLATFORMS[platform]

    async def talk(reader: Reader, writer: Writer) -> None:
        said = {**known, b"show clock": b"12:00"}
        await cisco(reader, writer, answers=lambda line: said[line] + b"\r\n" if line in said else b"", prompt=prompt)

    with session(talk, platform=platform) as connection:
        assert [connection.send("show clock").output for _ in range(2)] == ["12:00"] * 2
        assert str(connection.connection.send_command("show clock")).strip() == "12:00"
