"""Devices that ask, refuse, cut or hang in configuration mode, and what the lab's own log says of each line."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko
import pytest

from runner.lab import HIDDEN, Asked, Device, Faults, Fleet, Line
from tests.lab.client import ask, is_silent, netmiko, read_to_end, read_until, shell
from tests.lab.conftest import Faulty

PROMPTS = {"cisco_ios": "r1#", "arista_eos": "r1#", "cisco_xr": "RP/0/RP0/CPU0:r1#"}
PLATFORMS = list(PROMPTS)
INVALID = "% Invalid input detected at '^' marker.\n\n"


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def played(platform: str) -> Iterator[Fleet]:
    """r1 of this platform alone."""
    with Fleet([Device("r1", platform=platform)]) as fleet:
        yield fleet
        assert fleet.wait_idle()
    assert fleet.problems() == ()


@pytest.fixture
def session(fleet: Fleet) -> Iterator[paramiko.Channel]:
    """A shell on an IOS router, in configuration mode."""
    with shell(fleet, "r1") as channel:
        read_until(channel, b"r1#")
        ask(channel, "configure terminal", "r1(config)#")
        yield channel


def config_prompt(platform: str) -> str:
    return PROMPTS[platform].replace("#", "(config)#")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        pytest.param("bogus", " " * 11 + "^\n" + INVALID, id="unknown word"),
        pytest.param("no bogus", " " * 14 + "^\n" + INVALID, id="unknown word after no"),
        pytest.param("interface bogus0", " " * 21 + "^\n" + INVALID, id="unknown interface"),
        pytest.param("no interface", "% Incomplete command.\n\n", id="no what"),
        pytest.param("hostname _x", "% Hostname contains one or more illegal characters.\n", id="hostname"),
    ],
)
def test_f13_ios_rejects_lines_at_the_top(session: paramiko.Channel, fleet: Fleet, line: str, answer: str) -> None:
    before = fleet.running_config("r1")
    assert ask(session, line, "r1(config)#") == answer
    assert fleet.running_config("r1") == before
    assert fleet.config_lines("r1") == ()


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("ip address 10.0.0.300 255.255.255.0", " " * 25 + "^\n" + INVALID),
        ("ip address 10.0.0.1 255.0.255.0", "Bad mask 0xFF00FF00 for address 10.0.0.1\n"),
        ("ip address 10.7.0.1", "% Incomplete command.\n\n"),
        ("mtu lots", " " * 18 + "^\n" + INVALID),
        ("description fine", ""),
        ("ip address 10.0.0.1 255.255.255.0", ""),
    ],
)
def test_f13_ios_rejects_lines_of_an_interface(session: paramiko.Channel, fleet: Fleet, line: str, answer: str) -> None:
    ask(session, "interface lo7", "r1(config-if)#")
    assert ask(session, line, "r1(config-if)#") == answer
    assert (line in fleet.config_lines("r1")) == (not answer)
    assert (line in fleet.running_config("r1")) == (not answer)


@pytest.mark.parametrize(
    ("line", "wrong"), [("network x", "x"), ("network 10.0.0.0 x area 0", "x"), ("network 10.0.0.0 0.0.0.255 aera 0", "aera")]
)
def test_f13_ios_rejects_networks_of_ospf(session: paramiko.Channel, line: str, wrong: str) -> None:
    ask(session, "router ospf 1", "r1(config-router)#")
    caret = " " * (len("r1(config-router)#") + line.rindex(wrong))
    assert ask(session, line, "r1(config-router)#") == f"{caret}^\n{INVALID}"


def test_a_word_written_out_beats_an_abbreviation(session: paramiko.Channel, fleet: Fleet) -> None:
    ask(session, "interface lo7", "r1(config-if)#")
    ask(session, "router ospf 1", "r1(config-router)#")
    assert "router-id ospf" not in fleet.running_config("r1")


def test_secrets_are_not_shown_in_the_configuration(session: paramiko.Channel, fleet: Fleet) -> None:
    ask(session, "username eve privilege 15 secret canary", "r1(config)#")
    ask(session, "enable secret 0 canary", "r1(config)#")
    ask(session, "username old secret 5 $1$kept", "r1(config)#")
    ask(session, "snmp-server community public RO", "r1(config)#")
    text = fleet.running_config("r1")
    assert "canary" not in text
    assert "username eve privilege 15 secret 9 $9$" in text
    assert "username old secret 5 $1$kept\n" in text
    assert "snmp-server community public RO\n" in text
    assert "username eve privilege 15 secret canary" in fleet.config_lines("r1")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (["banner motd ^C", "keep # out", "", "r1#", "^C"], "banner motd ^C\nkeep # out\n\nr1#\n^C\n"),
        (["banner login %one", "two%"], "banner login ^C\none\ntwo\n^C\n"),
        (["banner motd #all at once#"], "banner motd ^C\nall at once\n^C\n"),
    ],
)
def test_a_banner_is_read_to_its_delimiter_without_a_prompt(session: paramiko.Channel, fleet: Fleet, sent: list[str], shown: str) -> None:
    for line in sent[:-1]:
        session.sendall(f"{line}\n".encode())
        read_until(session, b"'.\r\n" if line == sent[0] else b"\r\n")
        assert is_silent(session)
    ask(session, sent[-1], "r1(config)#")
    assert shown in fleet.running_config("r1")
    assert fleet.config_lines("r1") == tuple(sent)


@pytest.mark.parametrize(
    ("command", "question", "keys"),
    [
        ("clear counters", 'Clear "show interface" counters on all interfaces [confirm]', "\n"),
        ("write erase", "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]", "y"),
        ("copy running-config startup-config", "Destination filename [startup-config]?", "\n"),
    ],
)
def test_f17_questions_are_in_the_log(fleet: Fleet, command: str, question: str, keys: str) -> None:
    with shell(fleet, "r1") as channel:
        read_until(channel, b"r1#")
        channel.sendall(f"{command}\n".encode())
        read_until(channel, question.encode() + (b" " if question.endswith("?") else b""))
        assert fleet.sessions("r1")[0].asked == (Asked(text=question),)
        channel.sendall(keys.encode())
        read_until(channel, b"r1#")
    assert fleet.sessions("r1")[0].asked == (Asked(text=question, answer=keys.strip()),)
    assert fleet.log("r1") == (command,)


def test_reload_only_ends_the_session(fleet: Fleet) -> None:
    with shell(fleet, "r1") as channel:
        read_until(channel, b"r1#")
        channel.sendall(b"reload\n")
        read_until(channel, b"Proceed with reload? [confirm]")
        channel.sendall(b"\n")
        read_to_end(channel)
        assert fleet.wait_idle()


@pytest.mark.parametrize(("answer", "taken"), [("yes", True), ("no", False)])
def test_f17_a_question_in_configuration_mode(session: paramiko.Channel, fleet: Fleet, answer: str, taken: bool) -> None:
    session.sendall(b"crypto key zeroize rsa\n")
    read_until(session, b"[yes/no]: ")
    ask(session, answer, "r1(config)#")
    assert fleet.config_lines("r1") == (("crypto key zeroize rsa",) if taken else ())


def test_a_secret_that_was_asked_for_is_hidden() -> None:
    with Fleet([Device("r1", secret="s3cret")]) as fleet, netmiko(fleet, "r1", secret="s3cret") as connection:
        connection.enable()
        assert fleet.sessions("r1")[0].asked == (Asked(text="Password:", answer=HIDDEN),)


def test_each_line_has_the_mode_it_arrived_in(played: Fleet, platform: str) -> None:
    with shell(played, "r1") as channel:
        read_until(channel, PROMPTS[platform].encode())
        ask(channel, "configure terminal", config_prompt(platform))
        ask(channel, "ntp server 10.0.0.9", config_prompt(platform))
        ask(channel, "bogus", config_prompt(platform))
    record = played.sessions("r1")[0]
    assert record.lines == (
        Line(text="configure terminal", mode="exec"),
        Line(text="ntp server 10.0.0.9", mode="config"),
        Line(text="bogus", mode="config"),
    )
    assert record.config_lines == ("ntp server 10.0.0.9",)


def test_f34_close_at_a_line_that_is_applied(played: Fleet, platform: str) -> None:
    played.set_faults("r1", Faults(close_at_line=2))
    with shell(played, "r1") as channel:
        read_until(channel, PROMPTS[platform].encode())
        ask(channel, "configure terminal", config_prompt(platform))
        ask(channel, "ntp server 10.0.0.8", config_prompt(platform))
        channel.sendall(b"ntp server 10.0.0.9\n")
        assert config_prompt(platform).encode() not in read_to_end(channel)
    assert played.wait_idle()
    assert played.config_lines("r1") == ("ntp server 10.0.0.8", "ntp server 10.0.0.9")
    assert ("10.0.0.9" in played.running_config("r1")) == (platform != "cisco_xr")  # there it waited for a commit
    played.set_faults("r1", Faults())


def test_f34_hang_at_a_line_that_is_not_applied(played: Fleet, platform: str) -> None:
    played.set_faults("r1", Faults(hang_at_line=2))
    with shell(played, "r1") as channel:
        read_until(channel, PROMPTS[platform].encode())
        ask(channel, "configure terminal", config_prompt(platform))
        ask(channel, "ntp server 10.0.0.8", config_prompt(platform))
        channel.sendall(b"ntp server 10.0.0.9\n")
        assert read_until(channel, b"\n") == b"ntp server 10.0.0.9\r\n"
        assert is_silent(channel)
    assert played.config_lines("r1") == ("ntp server 10.0.0.8",)
    assert played.log("r1")[-1] == "ntp server 10.0.0.9"


@pytest.mark.parametrize(
    ("text", "keys", "shown"), [("Sure? [confirm]", "y", True), ("Sure? [confirm]", "n", False), ("Sure?", "no\n", False)]
)
def test_f17_a_command_that_asks_first(faulty: Faulty, text: str, keys: str, shown: bool) -> None:
    fleet = faulty(Faults(confirm_on={"show clock": text}))
    with shell(fleet, "r1") as channel:
        read_until(channel, b"r1#")
        channel.sendall(b"sh clock\n")
        read_until(channel, text.encode())
        channel.sendall(keys.encode())
        assert (b"UTC" in read_until(channel, b"r1#")) == shown


def test_f15_a_prompt_within_output_comes_alone(played: Fleet, platform: str) -> None:
    played.set_faults("r1", Faults(prompt_in_output=True))
    prompt = PROMPTS[platform]
    with shell(played, "r1") as channel:
        read_until(channel, prompt.encode())
        channel.sendall(b"terminal length 0\n")
        read_until(channel, prompt.encode())
        channel.sendall(b"show version\n")
        read_until(channel, f"\n{prompt}".encode())
        rest = read_until(channel, prompt.encode())
        assert rest.startswith(b"\r\n")
        assert b"\n" in rest[2:]


def test_f14_configuration_mode_is_refused(played: Fleet, platform: str) -> None:
    played.set_faults("r1", Faults(no_config=True))
    words = {"cisco_ios": "Command authorization failed", "arista_eos": "% Authorization denied", "cisco_xr": "not authorized"}[platform]
    with shell(played, "r1") as channel:
        read_until(channel, PROMPTS[platform].encode())
        assert words in ask(channel, "configure terminal", PROMPTS[platform])


@pytest.mark.parametrize("platform", ["cisco_ios", "arista_eos"], indirect=True)
def test_a_save_is_refused(played: Fleet, platform: str) -> None:
    played.set_faults("r1", Faults(refuse_save=True))
    with netmiko(played, "r1", platform=platform) as connection:
        connection.send_config_set(["ntp server 10.0.0.9"])
        assert "%" in connection.save_config()
    assert "10.0.0.9" not in played.saved_config("r1")


def test_f15_noise_comes_behind_the_prompt(played: Fleet, platform: str) -> None:
    line = "*Nov 24 06:46:25.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0"
    played.set_faults("r1", Faults(noisy=line))
    with shell(played, "r1") as channel:
        read_until(channel, PROMPTS[platform].encode())
        ask(channel, "configure terminal", config_prompt(platform))
        channel.sendall(b"end\n")
        data = b""
        while not data.endswith(b"vty0\r\n"):
            data += channel.recv(4096)
        assert data.decode().endswith(f"{PROMPTS[platform]}\r\n{line}\r\n")
