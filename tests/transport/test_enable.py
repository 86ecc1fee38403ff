"""Privileged mode: reached with the secret, without one where the device asks for none, left alone where there is no such mode."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from runner.errors import SessionError
from runner.secret import Secret
from runner.target import Limits, Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.host_keys import HostKeys
from tests.transport.scripted import Reader, Talk, Writer, server

LIMITS = Limits(connect=5.0, command=5.0, close=1.0)
SECRET = "canary-enable"
JUNOS = {"set cli screen-width 511": b"Screen width set to 511\r\n", "set cli screen-length 0": b"Screen length set to 0\r\n"}


def device(seen: list[str], enable: Callable[[Reader, Writer], str] | str, *, name: str = "r1") -> Talk:
    """Unprivileged at first; `enable` is what it says to that command: a question, or words after which nothing has changed."""

    async def talk(reader: Reader, writer: Writer) -> None:
        level = ">"
        writer.write(f"\r\n{name}{level}".encode())
        while line := (await reader.readline()).decode():
            command = line.strip()
            seen.append(command)
            writer.write(command.encode() + b"\r\n" + JUNOS.get(command, b""))
            if command == "enable":
                if enable == "Password: ":
                    writer.write(b"Password: ")
                    given = (await reader.readline()).decode().strip()
                    level = "#" if given == SECRET else level
                    writer.write(b"\r\n" if level == "#" else b"\r\n% Access denied\r\n")
                elif enable:
                    writer.write(f"{enable}\r\n".encode())
                else:
                    level = "#"
            writer.write(f"{name}{level}".encode())

    return talk


def opened(target: Target) -> str:
    """The prompt that a session has after its login."""
    session = GuardedNetmiko(target, LIMITS, HostKeys("ignore"), threading.Event())
    try:
        session.connect()
        return session.connection.find_prompt()
    finally:
        session.close()


@pytest.mark.parametrize("question", ["Password: ", ""], ids=["asked", "not_asked"])
def test_the_secret_opens_privileged_mode(question: str) -> None:
    with server(device([], question)) as target:
        assert opened(replace(target, secret=Secret(SECRET))) == "r1#"


@pytest.mark.parametrize(
    ("answer", "words"),
    [("Password: ", ": % Access denied"), ("% No password set", ": % No password set"), ("not today", "")],
    ids=["wrong", "none_set", "silent"],
)
def test_a_refusal_is_unreachable_with_the_devices_words(answer: str, words: str) -> None:
    with server(device([], answer)) as target, pytest.raises(SessionError) as caught:
        opened(replace(target, secret=Secret("canary-wrong")))
    error = caught.value
    assert (error.phase, error.cause, error.unreachable) == ("auth", "enable_rejected", True)
    assert error.message.endswith(f"did not grant privileged mode{words}")
    assert "canary" not in error.message + error.hint + error.output


def test_without_a_secret_the_session_stays_as_it_is() -> None:
    seen: list[str] = []
    with server(device(seen, "Password: ")) as target:
        assert opened(target) == "r1>"
    assert "enable" not in seen


@pytest.mark.parametrize("platform", ["juniper_junos", "huawei"])
def test_a_platform_without_such_a_mode_gets_no_secret(platform: str) -> None:
    seen: list[str] = []
    with server(device(seen, "Password: ")) as target:
        assert opened(replace(target, platform=platform, secret=Secret(SECRET))) == "r1>"
    assert not any(SECRET in line or line in ("enable", "super") for line in seen)
