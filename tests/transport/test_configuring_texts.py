"""Banners: a text of several lines, of which only the first and the last bring an answer (M9: every other line keeps its proof)."""

from __future__ import annotations

import pytest

from runner.errors import SessionError
from runner.platforms import platform_of
from runner.secret import Secret, marker
from tests.transport.configured import Scripted, session

IOS = platform_of("cisco_ios").config
EOS = platform_of("arista_eos").config
KEY = marker("0123456789abcdef", "key")


class Bannered(Scripted):
    """Keeps the text of a banner; `refuses`: it does not know the command."""

    def __init__(self, *, refuses: bool = False, end: str = "") -> None:
        super().__init__()
        self.refuses, self.end, self.text, self.within = refuses, end, list[str](), ""

    def answer(self, line: str) -> str | list[str | float]:
        if self.within:
            self.text.append(line)
            if self.within in line:
                self.within = ""
                return ""
            return [""]
        if line.startswith("banner ") and self.refuses:
            return "% Invalid input detected at '^' marker.\r\n"
        if line.startswith("banner ") and (self.end or line.split()[2] not in line.split(maxsplit=2)[2][1:]):
            self.within = self.end or line.split()[2][0]
            return ["\r\n", "Enter TEXT message.  End with the character.\r\n"]
        return ""


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (
            ["banner motd ^C", "hello", "", "there", "^C", "interface Loopback0"],
            ["banner motd ^C\nhello\n\nthere\n^C", "interface Loopback0"],
        ),
        (["banner motd #one line#", "x"], ["banner motd #one line#", "x"]),
        (["banner motd #begun", "ended#"], ["banner motd #begun\nended#"]),
        (["banner", "description banner motd ^C"], ["banner", "description banner motd ^C"]),
    ],
    ids=["several", "one", "begun_at_once", "none"],
)
def test_which_lines_belong_together(lines: list[str], whole: list[str]) -> None:
    assert IOS
    assert IOS.whole_lines(lines) == tuple(whole)


def test_eos_ends_a_banner_in_its_own_way() -> None:
    assert EOS
    assert EOS.whole_lines(["banner motd", "EOF is not yet", "EOF", "x"]) == ("banner motd\nEOF is not yet\nEOF", "x")


def test_a_text_without_an_end_is_refused_before_it_is_sent() -> None:
    assert IOS
    with pytest.raises(ValueError, match=r"'banner motd \^C' has no end: a line with '\^C' is missing"):
        IOS.whole_lines(["banner motd ^C", "hello"])
    device = Bannered()
    with session(device) as connection, connection.configuring() as mode:
        assert mode.send("banner motd ^C").error.startswith("not sent: ")
        assert mode.send("banner motd ^C\nhello").error.startswith("not sent: ")
    assert device.got == ["configure terminal", "end"]


@pytest.mark.parametrize(("platform", "first", "last"), [("cisco_ios", "banner motd @", "@"), ("arista_eos", "banner motd", "EOF")])
def test_a_banner_is_sent_whole(platform: str, first: str, last: str) -> None:
    device = Bannered(end="EOF" if last == "EOF" else "")
    with session(device, facts=platform_of(platform), secrets={KEY: Secret("c4nary-key")}) as connection:
        with connection.configuring() as mode:
            reply = mode.send(f"{first}\nhello {KEY}\n\nr1#\n{last}")
            assert not mode.send("interface Loopback0").error
        assert connection.send("show clock").output == ""
    assert reply.error == ""
    assert device.text == ["hello c4nary-key", "", "r1#", last]
    assert device.got[-2:] == ["interface Loopback0", "end"]


def test_lines_of_a_refused_banner_are_never_sent_as_commands() -> None:
    device = Bannered(refuses=True)
    with session(device) as connection, connection.configuring() as mode:
        reply = mode.send("banner motd #\nreload\n#")
    assert reply.error.startswith("% Invalid input")
    assert device.got == ["configure terminal", "banner motd #", "end"]


def test_a_device_that_does_not_ask_for_the_text_is_not_given_it() -> None:
    device = Scripted({"banner motd #": ["working\r\n"]})
    with session(device) as connection, pytest.raises(SessionError) as caught, connection.configuring() as mode:
        mode.send("banner motd #\nreload\n#", timeout=0.5)
    assert caught.value.cause == "command_timeout"
    assert "reload" not in device.got
