"""What a Linux machine is to a client: Netmiko's driver, sudo, exit statuses, redirections, and what counts as a change."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko
import pytest

from runner.lab import HIDDEN, Device, Faults, Fleet
from tests.lab.client import PATIENCE, ask, netmiko, read_to_end, read_until, shell, transport

pytestmark = pytest.mark.filterwarnings("ignore:path is deprecated")  # Netmiko's way of finding templates
USER = "admin@r1:~$ "
ROOT = "root@r1:/home/admin# "


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """r1, r2, r3; nothing of them is left afterwards."""
    with Fleet(Device.fleet(3, platform="linux")) as running:
        yield running
        assert running.wait_idle(), running.counters()
    assert running.problems() == ()


@pytest.fixture
def session(fleet: Fleet) -> Iterator[paramiko.Channel]:
    with shell(fleet, "r1") as channel:
        read_until(channel, USER.encode())
        yield channel


def become_root(channel: paramiko.Channel) -> None:
    assert ask(channel, "sudo -s", "[sudo] password for admin: ") == ""
    assert ask(channel, "admin", ROOT) == "\n", "the password is not echoed"


def test_netmikos_driver_connects_shows_configures_and_leaves(fleet: Fleet) -> None:
    with netmiko(fleet, "r1", platform="linux", secret="admin") as connection:
        assert connection.find_prompt() == USER.strip()
        assert "Debian" in connection.send_command("cat /etc/os-release")
        assert not connection.check_config_mode()
        output = connection.send_config_set(["echo 'hello # > there' > /etc/motd", "cat /etc/motd", "hostname renamed"])
        assert "hello # > there\n" in output
        assert connection.find_prompt() == USER.strip(), "\\h is what it was when the shell started"
        connection.enable()
        assert connection.find_prompt() == "root@renamed:/home/admin#"
    with shell(fleet, "r1") as channel:
        read_until(channel, b"admin@renamed:~$ ")
    assert fleet.config_lines("r1") == ("echo 'hello # > there' > /etc/motd", "hostname renamed")
    assert fleet.running_config("r1").startswith("hostname renamed\n")
    assert "==> /etc/motd <==\nhello # > there\n" in fleet.saved_config("r1")
    asked = fleet.sessions("r1")[0].asked
    assert [(each.text, each.answer) for each in asked] == [("[sudo] password for admin:", HIDDEN)]
    assert "admin" not in fleet.log("r1")


@pytest.mark.parametrize(
    ("command", "column", "values"),
    [
        ("ip address show", "interface", ["lo", "eth0", "eth1", "eth2"]),
        ("ip addr show", "ip_addresses", [["127.0.0.1", "10.255.0.1"], ["172.16.0.1"], ["10.0.0.1"], ["10.0.0.5"]]),
        ("ip link show", "state", ["UNKNOWN", "UP", "UP", "UP"]),
        ("ip route show", "network", ["default", "172.16.0.0/12", "10.0.0.0/30", "10.0.0.4/30"]),
    ],
)
def test_what_it_shows_is_what_public_templates_parse(fleet: Fleet, command: str, column: str, values: list[object]) -> None:
    with netmiko(fleet, "r1", platform="linux") as connection:
        rows = connection.send_command(command, use_textfsm=True)
        assert isinstance(rows, list), rows
        assert [row[column] for row in rows] == values


@pytest.mark.parametrize(
    ("line", "answer", "status"),
    [
        ("true", "", 0),
        ("false", "", 1),
        ("foo --bar", "-bash: foo: command not found\n", 127),
        ("/usr/bin/foo", "-bash: /usr/bin/foo: No such file or directory\n", 127),
        ("Exit", "-bash: Exit: command not found\n", 127),
        ("ec hello", "-bash: ec: command not found\n", 127),
        ("uname -a", None, 0),
        ("df -h", None, 0),
        ("uptime", None, 0),
        ("hostname", "r1\n", 0),
        ("hostname other", "hostname: you must be root to change the host name\n", 1),
        ("cat /etc/hostname /etc/nothing", "cat: /etc/nothing: No such file or directory\nr1\n", 1),
        ("cat /etc/shadow", "cat: /etc/shadow: Permission denied\n", 1),
        ("echo text > /etc/motd", "-bash: /etc/motd: Permission denied\n", 1),
        ("echo text | tee /etc/motd", "tee: /etc/motd: Permission denied\ntext\n", 1),
        ("echo one; false; echo $?", "one\n1\n", 0),
        ("false && echo no || echo yes", "yes\n", 0),
        ("echo \"$USER $HOME\" '$USER' \\$HOME # no", "admin /home/admin $USER $HOME\n", 0),
        ("echo a > f && echo b >> f && cat f | grep -c .", "2\n", 0),
        ("cat nothing 2>&1 | grep -q Permission", "", 1),
        ("cat nothing 2>/dev/null; echo $?", "1\n", 0),
        ("ls /var", "log\n", 0),
        ("ls /nothing", "ls: cannot access '/nothing': No such file or directory\n", 2),
        ("systemctl restart cron", "Failed to restart cron.service: Access denied\n", 4),
        ("systemctl is-active cron", "active\n", 0),
        ("ip neighbor", 'Object "neighbor" is unknown, try "ip help".\n', 1),
        ("cat 'open", "-bash: unexpected EOF while looking for matching `''\n", 2),
        ("echo >", "-bash: syntax error near unexpected token `newline'\n", 2),
        ("sudo -n id", "sudo: a password is required\n", 1),
        ("cd /etc; pwd; cd", "/etc\n", 0),
        ("", "", 0),
    ],
)
def test_commands_and_their_status(fleet: Fleet, session: paramiko.Channel, line: str, answer: str | None, status: int) -> None:
    said = ask(session, line, USER)
    assert said == answer if answer is not None else said
    assert ask(session, "echo $?", USER) == f"{status}\n"
    written = ("echo a > f && echo b >> f && cat f | grep -c .",)
    assert fleet.config_lines("r1") == (written if line in written else ())


def test_lines_that_change_the_machine_as_root(fleet: Fleet, session: paramiko.Channel) -> None:
    become_root(session)
    changes = (
        "echo text > /etc/motd", "echo more | tee -a /etc/motd", "systemctl restart cron", "hostname new", "ip link set dev eth1 down",
    )  # fmt: skip
    for line in (*changes, "cat /etc/motd", "foo", "echo x > /nowhere/file", "echo x > /dev/null", "systemctl restart nothing"):
        ask(session, line, ROOT)
    assert fleet.config_lines("r1") == changes
    assert "state DOWN" in ask(session, "ip a show eth1", ROOT)
    assert ask(session, "cat /etc/motd", ROOT) == "text\nmore\n"
    assert ask(session, "exit", USER) == "exit\n"
    assert fleet.running_config("r1") == fleet.saved_config("r1")


def test_sudo_asks_three_times_then_remembers(session: paramiko.Channel) -> None:
    question = "[sudo] password for admin: "
    ask(session, "sudo id", question)
    for _ in range(2):
        assert ask(session, "wrong", question).replace("wrong", "?") == "\nSorry, try again.\n"
    assert ask(session, "wrong", USER) == "\nsudo: 3 incorrect password attempts\n"
    assert ask(session, "echo $?", USER) == "1\n"
    ask(session, "sudo id", question)
    assert "uid=0(root)" in ask(session, "admin", USER)
    assert ask(session, "sudo whoami", USER) == "root\n"
    assert ask(session, "sudo foo", USER) == "sudo: foo: command not found\n"
    assert ask(session, "echo text | sudo tee /etc/motd", USER) == "text\n"
    ask(session, "sudo -i", "root@r1:~# ")
    assert ask(session, "exit 7", USER) == "exit\n"
    assert ask(session, "echo $?", USER) == "7\n"


def test_sudo_without_a_password_with_another_one_and_not_at_all() -> None:
    devices = [
        Device("free", platform="linux", secret=""),
        Device("own", platform="linux", secret="s3cret"),
        Device("no", platform="linux"),
    ]
    with Fleet(devices) as fleet:
        fleet.set_faults("no", Faults(no_config=True))
        with shell(fleet, "free") as channel:
            read_until(channel, b"admin@free:~$ ")
            ask(channel, "sudo -s", "root@free:/home/admin# ")
        with shell(fleet, "own") as channel:
            read_until(channel, b"admin@own:~$ ")
            ask(channel, "sudo -s", "[sudo] password for admin: ")
            ask(channel, "admin", "[sudo] password for admin: ")
            ask(channel, "s3cret", "root@own:/home/admin# ")
        with shell(fleet, "no") as channel:
            read_until(channel, b"admin@no:~$ ")
            assert ask(channel, "sudo -s", "admin@no:~$ ") == "admin is not in the sudoers file.\n"


def test_root_is_root_at_once() -> None:
    with Fleet([Device("r1", platform="linux", username="root")]) as fleet:
        with netmiko(fleet, "r1", platform="linux", username="root") as connection:
            assert connection.find_prompt() == "root@r1:~#"
            connection.send_config_set(["echo x > /etc/motd"])
        assert fleet.config_lines("r1") == ("echo x > /etc/motd",)


@pytest.mark.parametrize(("command", "status"), [("true", 0), ("false", 1), ("foo", 127), ("exit 9", 9)])
def test_a_command_without_a_shell_exits_with_its_status(fleet: Fleet, command: str, status: int) -> None:
    with transport(fleet, "r1") as client:
        channel = client.open_session(timeout=PATIENCE)
        channel.settimeout(PATIENCE)
        channel.exec_command(command)
        read_to_end(channel)
        assert channel.recv_exit_status() == status


def test_a_refused_command_has_a_status_too(fleet: Fleet, session: paramiko.Channel) -> None:
    fleet.set_faults("r1", Faults(error_on={"uptime"}))
    assert ask(session, "uptime", USER) == "-bash: uptime: command not found\n"
    assert ask(session, "echo $?", USER) == "127\n"


def test_a_connection_cut_at_a_line_of_root(fleet: Fleet, session: paramiko.Channel) -> None:
    fleet.set_faults("r1", Faults(close_at_line=2))
    become_root(session)
    ask(session, "echo one > /etc/motd", ROOT)
    session.sendall(b"hostname two\n")
    read_to_end(session)
    assert fleet.wait_idle()
    assert fleet.config_lines("r1") == ("echo one > /etc/motd", "hostname two")


def test_the_end_of_the_login_shell_is_the_end_of_the_session(fleet: Fleet, session: paramiko.Channel) -> None:
    become_root(session)
    session.sendall(b"logout\n")
    read_until(session, USER.encode())
    session.sendall(b"exit\n")
    assert read_to_end(session) == b"exit\r\nlogout\r\n"
