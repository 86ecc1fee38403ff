"""Linux: configuration mode is a root shell, and each line's exit status is asked for."""

from __future__ import annotations

import pytest

from runner.errors import SessionError
from runner.secret import Secret
from tests.transport.configured import Scripted, session


class Linux(Scripted):
    """`password`: what sudo asks for; empty = nothing. `tries`: how often it asks."""

    def __init__(self, *, password: str = "", allowed: bool = True, user: str = "admin") -> None:
        outside = "root@{name}:~# " if user == "root" else user + "@{name}:~$ "
        super().__init__(moves={}, outside=outside, inside="root@{name}:{mode}# ")
        self.password, self.allowed, self.status, self.asking = password, allowed, 0, 0

    def answer(self, line: str) -> str | list[str | float]:
        if self.asking:
            right = line == self.password
            self.asking = 0 if right else self.asking + 1
            self.mode = "/home/admin" if right else ""
            return "" if right else ["Sorry, try again.\r\n[sudo] password for admin: "]
        if line == "sudo -s":
            self.got.append(line)
            if not self.allowed:
                return "admin is not in the sudoers file.\r\n"
            if self.password:
                self.asking = 1
                return ["[sudo] password for admin: "]
            self.mode = "/home/admin"
            return ""
        if line == "exit":
            self.mode = ""
            return "exit\r\n"
        if line.startswith("cd "):
            self.mode = line.split()[1]
        if line.count("'") == 1:
            return ["> "]
        if line == "echo $?":
            return f"{self.status}\r\n"
        self.status = int(line == "false" or line.startswith("nonsense"))
        return "bash: nonsense: command not found\r\n" if line.startswith("nonsense") else "partly done\r\n" if line == "false" else ""


@pytest.mark.parametrize(
    ("device", "secrets"),
    [
        (Linux(), {}),
        (Linux(password="admin"), {}),
        (Linux(password="s3cret"), {"secret": Secret("s3cret")}),
    ],
    ids=["no_password", "login_password", "secret"],
)
def test_lines_of_a_root_shell(device: Linux, secrets: dict[str, object]) -> None:
    with session(device, platform="linux", **secrets) as connection:
        with connection.configuring() as mode:
            replies = [mode.send(line) for line in ("mkdir /tmp/x", "cd /tmp", "false", "nonsense")]
        assert connection.send("uptime").output == ""
    assert [reply.error for reply in replies] == ["", "", "exit status 1: partly done", "bash: nonsense: command not found"]
    assert [reply.output for reply in replies] == ["", "", "partly done", "bash: nonsense: command not found"]
    assert device.got[-1] == "exit"


def test_root_needs_no_sudo_and_stays_logged_in() -> None:
    device = Linux(user="root")
    with session(device, platform="linux", username="root") as connection:
        with connection.configuring() as mode:
            assert [mode.send(line).error for line in ("mkdir /tmp/x", "false")] == ["", "exit status 1: partly done"]
        assert connection.send("uptime").output == ""
    assert device.got == []


@pytest.mark.parametrize(
    ("device", "words"),
    [(Linux(allowed=False), "admin is not in the sudoers file."), (Linux(password="other"), "still asks '[sudo] password for admin:'")],
    ids=["not_allowed", "wrong_password"],
)
def test_a_root_shell_that_is_refused(device: Linux, words: str) -> None:
    device.interrupted = ""
    with session(device, platform="linux") as connection, pytest.raises(SessionError) as caught, connection.configuring():
        pass
    assert caught.value.cause == "config_mode"
    assert words in caught.value.message
    assert device.asking <= 2, "one password is tried, once"
    assert "exit" not in device.got


def test_an_unfinished_line_is_broken_off() -> None:
    device = Linux()
    with session(device, platform="linux") as connection, pytest.raises(SessionError) as caught, connection.configuring() as mode:
        mode.send("echo 'never closed")
    assert caught.value.cause == "unexpected_question"
    assert device.got[-2:] == ["^C", "exit"]
