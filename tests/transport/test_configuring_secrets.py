"""F62, F64: secrets go on the wire and come back to nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from runner.errors import SessionError
from runner.secret import Secret, marker
from tests.transport.configured import LIMITS, Scripted, session

CANARY = "c4nary-key 77"
KEY = marker("0123456789abcdef", "key")
SHORT = marker("0123456789abcdef", "pin")
SECRETS = {KEY: Secret(CANARY), SHORT: Secret("9z")}
LINE = f"snmp-server community {KEY} RO"
SENT = f"snmp-server community {CANARY} RO"


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog
    assert CANARY not in caplog.text


def test_f62_a_secret_reaches_the_device_and_no_reply() -> None:
    device = Scripted({SENT: f"% Invalid input: {SENT}\r\n", "do show run": f"{SENT}\r\npin 9z and 9zebra\r\n"})
    with session(device, secrets=SECRETS) as connection, connection.configuring() as mode:
        reply = mode.send(LINE)
        pin = mode.send(f"pin {SHORT}")
        shown = mode.send("do show run")
    assert device.got[1:3] == [SENT, "pin 9z"]
    assert reply.command == LINE
    assert reply.output == reply.error == "% Invalid input: snmp-server community ****** RO"
    assert (pin.command, pin.output, pin.error) == (f"pin {SHORT}", "", "")
    assert shown.output == "snmp-server community ****** RO\npin ****** and 9zebra"


def test_f62_also_in_a_single_command_and_its_answer() -> None:
    device = Scripted({f"copy {CANARY}": ["Password? "], CANARY: f"got {CANARY}\r\n"})
    with session(device, secrets=SECRETS) as connection:
        reply = connection.send(f"copy {KEY}", prompt=r"Password\?", answer=KEY)
    assert "got ******" in reply.output
    assert CANARY not in reply.output


@pytest.mark.parametrize(
    "answer",
    [
        ["% odd " + SENT, 0.0],
        [f"Is {CANARY} right? [confirm]"],
        [f"Is {CANARY[:5]} \r{CANARY[5:]} right? [confirm]"],
        [f"Is {CANARY[:5]}\r{CANARY[4:]} right? [confirm]"],
        ["x" * 115 + CANARY + "? [confirm]"],
        [CANARY[:-3]],
        ["\r\n", CANARY, "\r\nr1(config)#", 0.3, f"late {CANARY}\r\n"],
    ],
    ids=["hang", "question", "wrapped", "wrapped_by_bash", "cut_by_us", "cut_at_the_end", "out_of_step"],
)
@pytest.mark.parametrize("exec_mode", [False, True])
def test_f62_no_error_holds_a_secret(answer: list[str | float], exec_mode: bool) -> None:
    device = Scripted({SENT: answer})
    with session(device, secrets=SECRETS) as connection, pytest.raises(SessionError) as caught:
        if exec_mode:
            connection.send(LINE, timeout=1.5)
            connection.send("show clock", timeout=1.5)
        else:
            with connection.configuring() as mode:
                mode.send(LINE, timeout=1.5)
                mode.send("interface Loopback0", timeout=1.5)
    told = "\n".join([str(caught.value), caught.value.message, caught.value.hint, caught.value.output, repr(caught.value)])
    assert CANARY not in told
    assert CANARY[:-3] not in told
    assert not any(CANARY[at : at + 6] in told for at in range(len(CANARY) - 5))


def test_f62_an_echo_that_is_cut_by_the_deadline() -> None:
    device = Scripted()
    device.mute = SENT
    device.answers = {SENT: [f"r1(config)#snmp-server community {CANARY[:7]}"]}
    with session(device, secrets=SECRETS) as connection, pytest.raises(SessionError) as caught, connection.configuring() as mode:
        mode.send(LINE, timeout=0.5)
    assert CANARY[:4] not in f"{caught.value} {caught.value.hint} {caught.value.output}"


@pytest.mark.parametrize(
    "line",
    [f"key {marker('0123456789abcdef', 'other')}", f"key {KEY[:-4]}", f"key {marker('fedcba9876543210', 'key')}"],
    ids=["unknown", "damaged", "foreign"],
)
def test_a_marker_that_means_nothing_here_is_not_sent(line: str) -> None:
    device = Scripted()
    with session(device, secrets=SECRETS) as connection:
        with pytest.raises(SessionError) as caught, connection.configuring() as mode:
            mode.send(line)
        assert caught.value.cause == "secret"
        assert connection.send("show clock").output == ""
    assert device.got == ["configure terminal", "end"]


def test_a_secret_of_several_lines_is_not_sent() -> None:
    device = Scripted()
    with session(device, secrets={KEY: Secret("one\nreload")}) as connection:
        with pytest.raises(SessionError) as caught, connection.configuring() as mode:
            mode.send(f"key {KEY}")
        assert caught.value.cause == "secret"
        assert "reload" not in str(caught.value)
    assert device.got == ["configure terminal", "end"]
    assert LIMITS.command > 0
