"""The text of a session: every line with its time and direction, and no secret, wherever packets and lines cut it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from runner.secret import Redactor, Secret
from runner.transport.session_log import SessionLog

CANARY = "canary-Pa55word"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?P<kind>>|<|--) (?P<text>.*)")


class Log:
    """A log in memory."""

    def __init__(self, secrets: Iterable[str] = (CANARY,), others: Iterable[str] = ()) -> None:
        self.text = ""
        self.log = SessionLog(self.write, map(Secret, secrets), Redactor(map(Secret, others)))

    def write(self, text: str) -> None:
        assert text.endswith("\n")
        self.text += text

    def told(self, *facts: tuple[str, str]) -> list[tuple[str, str]]:
        for what, text in facts:
            self.log(what, text)
        return self.lines

    @property
    def lines(self) -> list[tuple[str, str]]:
        found = [LINE.fullmatch(line) for line in self.text.splitlines()]
        assert all(found)
        return [(match["kind"], match["text"]) for match in found if match]


END = ("closed", "confirmed")


def test_lines_in_their_order() -> None:
    found = Log().told(
        ("phase", "tcp"),
        ("received", "\r\nr1#"),
        ("sent", "show clock\n"),
        ("received", "show clock\r\n12:00\r\nr1"),
        ("received", "#"),
        END,
    )
    assert found == [
        ("--", "phase tcp"),
        ("<", ""),
        (">", "show clock"),
        ("<", "r1#show clock"),
        ("<", "12:00"),
        ("<", "r1#"),
        ("--", "closed, confirmed"),
    ]


@pytest.mark.parametrize("wrap", ["", "\n", "\r\n", " \x08", "\x1b[K", "\r"], ids=repr)
def test_f62_a_secret_that_is_split_anywhere_over_packets_and_lines(wrap: str) -> None:
    for place in range(1, len(CANARY)):
        echo = f"r1(config)#username x password {CANARY[:place]}{wrap}{CANARY[place:]} end\r\nr1(config)#"
        for cut in range(len(echo)):
            log = Log()
            log.told(("received", echo[:cut]), ("received", echo[cut:]), END)
            seen = re.sub(r"\n\S+ < |\\[a-z]\S*|\W", "", log.text)
            assert CANARY.replace("-", "") not in seen
            assert not any(part in log.text for part in (CANARY[:place], CANARY[place:]) if len(part) > 6)
            assert "******" in log.text and "end" in log.text


def test_one_packet_a_byte() -> None:
    log = Log()
    log.told(*(("received", char) for char in f"a {CANARY} b\r\nnext {CANARY}\r\n"), END)
    assert [text for kind, text in log.lines if kind == "<"] == ["a ****** b", "next ******"]


def test_what_is_sent_holds_no_secret_either() -> None:
    assert Log().told(("sent", f"enable secret {CANARY}\n"), END)[0] == (">", "enable secret ******")


def test_secrets_of_other_hosts_are_masked_in_a_line() -> None:
    found = Log(others=["someone-elses"]).told(("received", "x someone-elses y\r\n"), END)
    assert ("<", "x ****** y") in found


def test_a_line_is_written_once_enough_has_come_behind_it() -> None:
    log = Log()
    log.told(("received", "first\r\n"))
    assert "first" not in log.text
    log.told(("received", "x" * 300 + "\r\n"))
    assert "first" in log.text


def test_without_secrets_nothing_is_held_back() -> None:
    log = Log(secrets=())
    assert log.told(("received", "first\r\nr1#")) == [("<", "first")]


def test_f71_what_a_terminal_would_obey_is_shown() -> None:
    found = Log().told(("received", "a\x1b]0;x\x07\udcff\u202eb\r\n"), END)
    assert found[0] == ("<", r"a\x1b]0;x\x07\xff\u202eb")


def test_a_line_without_end_does_not_grow_for_ever() -> None:
    log = Log()
    log.told(*(("received", "x" * 1000) for _ in range(50)))
    assert len(log.text) > 20_000


def test_a_short_secret_does_not_destroy_the_text() -> None:
    found = Log(secrets=["ab"]).told(("received", "cable ab table\r\n"), END)
    assert found[0] == ("<", "cable ****** table")


def test_a_session_that_failed_says_why() -> None:
    found = Log().told(("phase", "tcp"), ("failed", "refused"), ("closed", "x"))
    assert found == [("--", "phase tcp"), ("--", "failed: refused"), ("--", "closed, x")]
