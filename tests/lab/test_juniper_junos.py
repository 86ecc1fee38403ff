"""What Junos is to a client: Netmiko's driver, the shared candidate, commits and their questions, messages and filters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ntc_templates.parse import parse_output

from runner.lab import Commit, Device, Fleet
from tests.lab.client import read_until, shell
from tests.lab.junos import EDIT, driver, say, session

pytestmark = pytest.mark.filterwarnings("ignore:path is deprecated")  # Netmiko's way of finding templates


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """r1, r2, r3; nothing of them is left afterwards."""
    with Fleet(Device.fleet(3, platform="juniper_junos")) as running:
        yield running
        assert running.wait_idle(), running.counters()
    assert running.problems() == ()


def test_netmikos_driver_connects_shows_configures_commits_and_leaves(fleet: Fleet) -> None:
    with driver(fleet) as connection:
        assert connection.find_prompt() == "admin@r1>"
        assert not connection.check_config_mode()
        connection.config_mode()
        assert connection.check_config_mode()
        connection.send_config_set(["set system host-name renamed", 'set system login message "a | b"'], exit_config_mode=False)
        assert connection.find_prompt() == "admin@r1#"
        assert "renamed" not in fleet.running_config("r1")
        assert "commit complete" in connection.commit(comment="by a test", and_quit=True)
        connection.set_base_prompt()
        assert connection.find_prompt() == "admin@renamed>"
        assert connection.send_command("show configuration system host-name") == "host-name renamed;\n"
        assert connection.send_command("show configuration | display set | match host-name") == "set system host-name renamed\n"
    assert "host-name renamed;" in fleet.running_config("r1")
    assert fleet.running_config("r1") == fleet.saved_config("r1")
    lines = ("set system host-name renamed", 'set system login message "a | b"')
    assert fleet.config_lines("r1") == lines
    assert fleet.sessions("r1")[0].commits == (Commit(lines=lines, comment="by a test"),)


def test_netmikos_driver_leaves_the_candidate_to_the_next_one_f20(fleet: Fleet) -> None:
    with driver(fleet) as connection:
        connection.send_config_set(["set system host-name renamed"])
        assert fleet.sessions("r1")[0].asked[0].answer == "yes"
    assert "renamed" not in fleet.running_config("r1")
    with session(fleet) as channel:
        entered = say(channel, "configure", EDIT)
        assert entered == "Entering configuration mode\nThe configuration has been changed but not committed\n"
        assert say(channel, "show | compare", EDIT) == "[edit system]\n-  host-name r1;\n+  host-name renamed;\n"
        assert say(channel, "rollback 0", EDIT) == "load complete\n"
        assert say(channel, "show | compare", EDIT) == ""
        assert say(channel, "exit") == "Exiting configuration mode\n"


@pytest.mark.parametrize(
    ("command", "column", "values"),
    [
        ("show version", "hostname", ["r1"]),
        ("show version", "junos_version", ["21.4R3.15"]),
        ("show ospf neighbor", "neighbor_id", ["10.255.0.2", "10.255.0.3"]),
        ("show ospf neighbor", "interface", ["ge-0/0/1.0", "ge-0/0/2.0"]),
        ("show arp no-resolve", "ip_address", ["10.0.0.2", "10.0.0.6"]),
        ("show lldp neighbors", "neighbor_name", ["r2", "r3"]),
        ("show lldp neighbors", "neighbor_interface", ["ge-0/0/1", "ge-0/0/1"]),
        ("show system uptime", "last_config_user", ["admin"]),
    ],
)
def test_what_it_shows_is_what_public_templates_parse(fleet: Fleet, command: str, column: str, values: list[str]) -> None:
    with driver(fleet) as connection:
        rows = connection.send_command(command, use_textfsm=True)
        assert isinstance(rows, list), rows
        assert [row[column] for row in rows] == values
        again = parse_output(platform="juniper_junos", command=command, data=connection.send_command(command))
        assert [row[column] for row in again] == values  # the clock went on meanwhile, so not the whole rows


def test_interfaces_follow_the_active_configuration(fleet: Fleet) -> None:
    with session(fleet) as channel:
        terse = say(channel, "show interfaces terse").splitlines()
        assert [line.split()[4] for line in terse if "inet" in line] == ["10.0.0.1/30", "10.0.0.5/30", "172.16.0.1/12", "10.255.0.1"]
        assert "to r2" in say(channel, "show interfaces descriptions")
        say(channel, "configure", EDIT)
        say(channel, "set interfaces ge-0/0/1 disable", EDIT)
        assert "10.255.0.2" in say(channel, "run show ospf neighbor", EDIT)
        say(channel, "commit and-quit")
        assert "10.255.0.2" not in say(channel, "show ospf neighbor")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("bogus", "          ^\nunknown command.\n"),
        ("show bogus", "               ^\nsyntax error.\n"),
        ("show ospf", "                   ^\nsyntax error, expecting <command>.\n"),
        ("set cli screen-length lots", "                                ^\nsyntax error.\n"),
        ("", ""),
    ],
)
def test_messages_of_operational_mode(fleet: Fleet, line: str, answer: str) -> None:
    with session(fleet) as channel:
        assert say(channel, line) == answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("bogus", "          ^\nunknown command.\n"),
        ("set bogus x", "              ^\nsyntax error.\n"),
        ("set system bogus x", "                     ^\nsyntax error.\n"),
        ("set system host-name", "                              ^\nmissing argument.\n"),
        ("set system host-name a b", "                                 ^\nsyntax error.\n"),
        ("set system host-name a_b!", "error: invalid hostname 'a_b!'\n"),
        ("set interfaces ge-0/0/1 mtu 10", "error: Value 10 is not within range (256..9192)\n"),
        ("set interfaces ge-0/0/1 mtu lots", "error: Invalid numeric value: 'lots'\n"),
        ('set system login message "open', '                                   ^\nsyntax error.\n'),
        ("commit bogus", "                 ^\nsyntax error.\n"),
        ("commit confirmed 0", "                           ^\nsyntax error.\n"),
        ("rollback 49", "error: could not open that configuration: it does not exist\n"),
        ("delete system host-name nobody", "warning: statement not found\n"),
    ],
)  # fmt: skip
def test_messages_of_configuration_mode_f13(fleet: Fleet, line: str, answer: str) -> None:
    with session(fleet) as channel:
        say(channel, "configure", EDIT)
        assert say(channel, line, EDIT) == answer
        assert say(channel, "show | compare", EDIT) == ""
    taken = (line,) if "warning" in answer else ()
    assert fleet.config_lines("r1") == taken


def test_moving_in_the_configuration(fleet: Fleet) -> None:
    def at(*levels: str) -> str:
        return EDIT.replace("[edit]", " ".join(["[edit", *levels]) + "]")

    with session(fleet) as channel:
        say(channel, "configure", EDIT)
        say(channel, "edit interfaces ge-0/0/9", at("interfaces", "ge-0/0/9"))
        say(channel, 'set description "far away"', at("interfaces", "ge-0/0/9"))
        say(channel, "edit unit 0 family inet", at("interfaces", "ge-0/0/9", "unit 0", "family inet"))
        say(channel, "set address 10.9.9.9/24", at("interfaces", "ge-0/0/9", "unit 0", "family inet"))
        assert say(channel, "show", at("interfaces", "ge-0/0/9", "unit 0", "family inet")) == "address 10.9.9.9/24;\n"
        say(channel, "up", at("interfaces", "ge-0/0/9", "unit 0"))
        say(channel, "up 2", at("interfaces"))
        say(channel, "edit ge-0/0/9", at("interfaces", "ge-0/0/9"))
        shown = 'description "far away";\nunit 0 {\n    family inet {\n        address 10.9.9.9/24;\n    }\n}\n'
        assert say(channel, "show", at("interfaces", "ge-0/0/9")) == shown
        sets = (
            'set interfaces ge-0/0/9 description "far away"\n'
            "set interfaces ge-0/0/9 unit 0 family inet address 10.9.9.9/24\n"
        )  # fmt: skip
        assert say(channel, "show | display set", at("interfaces", "ge-0/0/9")) == sets
        say(channel, "exit", EDIT)
        added = "".join(f"+      {line}\n" for line in shown.splitlines())
        assert say(channel, "show | compare", EDIT) == f"[edit interfaces]\n+  ge-0/0/9 {{\n{added}+  }}\n"
        say(channel, "delete interfaces ge-0/0/9 unit 0 family inet address", EDIT)
        assert say(channel, "show interfaces ge-0/0/9", EDIT) == 'description "far away";\n'
        say(channel, "rollback", EDIT)


def test_filters(fleet: Fleet) -> None:
    with session(fleet) as channel:
        assert say(channel, "show configuration | display set | match ^set.*(HOST|domain)-name | except domain") == (
            "set system host-name r1\n"
        )
        assert say(channel, "show configuration system ntp | display set | count") == "Count: 1 lines\n"
        assert say(channel, "show interfaces terse | last 1 | no-more").startswith("lo0.0")
        assert say(channel, 'show version | match "model|hostname"') == "Hostname: r1\nModel: vmx\n"
        assert "syntax error" in say(channel, "show version | bogus")


def test_long_output_stops_at_a_page_and_says_how_much_was_shown(fleet: Fleet) -> None:
    with shell(fleet, "r1") as channel:
        read_until(channel, b"\r\nadmin@r1> ")
        channel.sendall(b"show configuration\n")
        assert read_until(channel, b"---(more)---").count(b"\n") == 24
        channel.sendall(b" ")
        assert b"%)---" in read_until(channel, b"%)---")
        channel.sendall(b"q")
        assert read_until(channel, b"admin@r1> ").startswith(b"\r" + b" " * 40 + b"\r")
        channel.sendall(b"show configuration | no-more\n")
        assert b"more" not in read_until(channel, b"\r\nadmin@r1> ").removeprefix(b"show configuration | no-more")


def test_a_question_to_confirm_f17(fleet: Fleet) -> None:
    with session(fleet) as channel:
        say(channel, "request system reboot", "Reboot the system ? [yes,no] (no) ")
        assert say(channel, "no") == ""
        say(channel, "configure", EDIT)
        say(channel, "delete", "Delete everything under this level? [yes,no] (no) ")
        say(channel, "no", EDIT)
        assert say(channel, "show | compare", EDIT) == ""
    assert [asked.answer for asked in fleet.sessions("r1")[0].asked] == ["no", "no"]
