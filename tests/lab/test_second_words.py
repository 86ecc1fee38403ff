"""A misspelt word of a configuration line is refused wherever it stands, also behind `no`, and a short one is written out."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko
import pytest

from runner.lab import Device, Fleet
from tests.lab.client import ask, read_until, shell

PROMPTS = {"cisco_ios": "r1", "arista_eos": "r1", "cisco_xr": "RP/0/RP0/CPU0:r1"}
SECTIONS = {"cisco_ios": "config-if", "arista_eos": "config-if-Lo7", "cisco_xr": "config-if"}


@pytest.fixture(params=PROMPTS)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fleet(platform: str) -> Iterator[Fleet]:
    with Fleet([Device("r1", platform=platform)]) as running:
        yield running
        assert running.wait_idle()
    assert running.problems() == ()


@pytest.fixture
def session(fleet: Fleet, platform: str) -> Iterator[paramiko.Channel]:
    """A shell in configuration mode."""
    with shell(fleet, "r1") as channel:
        read_until(channel, f"{PROMPTS[platform]}#".encode())
        ask(channel, "configure terminal", top(platform))
        yield channel


def top(platform: str) -> str:
    return f"{PROMPTS[platform]}(config)#"


def refusal(platform: str, prompt: str, column: int) -> str:
    if platform == "arista_eos":
        return "% Invalid input\n"
    end = "\n" if platform == "cisco_ios" else ""
    return " " * (len(prompt) + column) + f"^\n% Invalid input detected at '^' marker.\n{end}"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("ntp sevrer 10.0.0.1", "sevrer"),
        ("no ntp sevrer 172.16.0.1", "sevrer"),
        ("snmp-server comunity public", "comunity"),
        ("aaa authentification login default local", "authentification"),
        ("no bogus", "bogus"),
        ("banner mtod #hello#", "mtod"),
        ("no banner mtod", "mtod"),
    ],
)
def test_f13_a_misspelt_word_at_the_top(session: paramiko.Channel, fleet: Fleet, platform: str, line: str, wrong: str) -> None:
    before = fleet.running_config("r1")
    assert ask(session, line, top(platform)) == refusal(platform, top(platform), line.index(wrong))
    assert (fleet.running_config("r1"), fleet.config_lines("r1")) == (before, ())


def test_f13_a_misspelt_word_in_a_section(session: paramiko.Channel, fleet: Fleet, platform: str) -> None:
    prompt = f"{PROMPTS[platform]}({SECTIONS[platform]})#"
    ask(session, "interface lo7", prompt)
    word = "ipv4" if platform == "cisco_xr" else "ip"
    for line in (f"{word} adress 10.0.0.1 255.255.255.0", f"no {word} adress"):
        assert ask(session, line, prompt) == refusal(platform, prompt, line.index("adress"))
    assert fleet.config_lines("r1") == ("interface lo7",)


@pytest.mark.parametrize("platform", ["cisco_ios", "arista_eos"], indirect=True)
def test_a_short_word_is_stored_written_out_and_removed_by_its_short_form(session: paramiko.Channel, fleet: Fleet, platform: str) -> None:
    assert ask(session, "ntp serve 10.0.0.9" if platform == "cisco_ios" else "ntp server 10.0.0.9", top(platform)) == ""
    assert "ntp server 10.0.0.9\n" in fleet.running_config("r1")
    assert ask(session, "no nt server 10.0.0.9", top(platform)) == ""
    assert "10.0.0.9" not in fleet.running_config("r1")
    ask(session, "interface lo7", prompt := f"{PROMPTS[platform]}({SECTIONS[platform]})#")
    for line, there in (("shutdown", True), ("no shut", False)):
        ask(session, line, prompt)
        assert ("shutdown" in fleet.running_config("r1").partition("Loopback7")[2].partition("!")[0]) == there


@pytest.mark.parametrize("platform", ["cisco_ios", "arista_eos"], indirect=True)
def test_a_line_of_the_top_leaves_the_section_also_where_its_first_word_is_known_there(
    session: paramiko.Channel, fleet: Fleet, platform: str
) -> None:
    ask(session, "interface lo7", f"{PROMPTS[platform]}({SECTIONS[platform]})#")
    assert ask(session, "ip route 10.9.0.0 255.255.0.0 10.0.0.1", top(platform)) == ""
    assert "\nip route 10.9.0.0 255.255.0.0 10.0.0.1\n" in fleet.running_config("r1")


def test_a_keyword_in_capitals_is_stored_as_the_device_writes_it(session: paramiko.Channel, fleet: Fleet, platform: str) -> None:
    assert ask(session, "SNMP-server engineid local 0102030405", top(platform)) == ""
    if platform == "cisco_xr":
        ask(session, "commit", top(platform))
    assert "snmp-server engineID local 0102030405\n" in fleet.running_config("r1")


def test_a_banner_is_removed(session: paramiko.Channel, fleet: Fleet, platform: str) -> None:
    if platform == "arista_eos":
        session.sendall(b"banner motd\n")
        read_until(session, b"end.\r\n")
        session.sendall(b"keep out\n")
        ask(session, "EOF", top(platform))
    else:
        ask(session, "banner motd #keep out#", top(platform))
    if platform == "cisco_xr":
        ask(session, "commit", top(platform))
    assert "keep out" in fleet.running_config("r1")
    assert ask(session, "no banner motd", top(platform)) == ""
    if platform == "cisco_xr":
        ask(session, "commit", top(platform))
    assert "keep out" not in fleet.running_config("r1")
