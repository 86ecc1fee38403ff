"""F17: which lines are questions, and how one that was declared is answered."""

from __future__ import annotations

import pytest

from runner.errors import SessionError
from runner.transport.lines import is_question
from tests.transport.configured import Scripted, session


@pytest.mark.parametrize(
    "line",
    [
        "Proceed with reload? [confirm]",
        "Do you really want to remove these keys? [yes/no]:",
        "Destination filename [startup-config]?",
        "Address or name of remote host []?",
        "Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]:",
        "Do you wish to proceed with this commit anyway? [no]:",
        "Exit with uncommitted changes? [yes,no] (yes)",
        "Overwrite file [startup-config]?[Y/N]:",
        "Do you want to continue? [Y/n]",
        "Are you sure (y/N)",
        "This command will reset the system. Continue (yes/[no])?",
        "[sudo] password for admin:",
        "Enter passphrase for key '/x':",
        "login:",
        "Username:",
        ">",
    ],
)
def test_questions(line: str) -> None:
    assert is_question(line)


@pytest.mark.parametrize(
    "line", ["r1#", "r1>", "r1(config)#", "admin@r1>", "[edit]", "<r1>", "building...", "name: x", "a/n", "RP/0/RP0/CPU0:r1#", ""]
)
def test_no_questions(line: str) -> None:
    assert not is_question(line)


@pytest.mark.parametrize(
    "packets", [["Destination filename [startup-config]? "], ["Desti", 0.02, "nation filename [startup-", 0.02, "config]? "]]
)
@pytest.mark.parametrize("echo", [True, False])
def test_a_declared_question_is_answered_when_it_is_complete(packets: list[str | float], echo: bool) -> None:
    device = Scripted({"copy running-config startup-config": packets, "": "[OK]\r\n"}, echo=echo)
    with session(device, platform="terminal_server") as connection:
        if not echo:
            connection.send("show clock")
        reply = connection.send("copy running-config startup-config", prompt=r"Destination filename \[.*\]\?", answer="")
    assert reply.output.endswith("[OK]")


def test_a_second_question_is_none_that_was_declared() -> None:
    device = Scripted({"reload": ["Save? [yes/no]: "], "no": ["Proceed with reload? [confirm]"]})
    with session(device) as connection, pytest.raises(SessionError) as caught:
        connection.send("reload", prompt=r"\[yes/no\]", answer="no")
    assert caught.value.cause == "unexpected_question"
    assert "'Proceed with reload? [confirm]'" in caught.value.message
