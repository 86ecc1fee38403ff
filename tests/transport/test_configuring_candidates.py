"""F20: what was not committed is thrown away and nothing is committed by leaving, on platforms that keep a candidate."""

from __future__ import annotations

import pytest

from runner.errors import SessionError
from tests.transport.configured import Scripted, session

XR_QUESTION = "Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]: "
JUNOS_QUESTION = "Exit with uncommitted changes? [yes,no] (yes) "


class Xr(Scripted):
    """`clears`: whether it knows `clear`; `refuses`: whether a commit fails."""

    def __init__(self, *, clears: bool = True, refuses: bool = False) -> None:
        super().__init__(outside="RP/0/RP0/CPU0:{name}#", inside="RP/0/RP0/CPU0:{name}({mode})#")
        self.name, self.waiting, self.clears, self.refuses = "ios", False, clears, refuses

    def answer(self, line: str) -> str | list[str | float]:
        if line == "end" and self.waiting:
            self.mode = "config"
            return [XR_QUESTION]
        if line == "no" and self.waiting:
            self.mode = ""
        elif line == "clear" and not self.clears:
            return "% Invalid input detected at '^' marker.\r\n"
        elif line.startswith("commit") and self.refuses:
            return "% Failed to commit one or more configuration items during a pseudo-atomic operation.\r\n"
        self.waiting = line.startswith(("interface", "description")) or (self.waiting and line not in ("clear", "no", "commit"))
        return ""


class Junos(Scripted):
    """`rolls_back`: whether `rollback 0` does anything."""

    def __init__(self, *, rolls_back: bool = True) -> None:
        moves = {"configure exclusive": "edit", "exit configuration-mode": ""}
        super().__init__(moves=moves, outside="admin@{name}> ", inside="[{mode}]\r\nadmin@{name}# ")
        self.waiting, self.rolls_back = False, rolls_back

    def answer(self, line: str) -> str | list[str | float]:
        if line == "exit configuration-mode" and self.waiting:
            self.mode = "edit"
            return [JUNOS_QUESTION]
        if line.startswith("set cli screen-width"):
            return "Screen width set to 511\r\n"
        if line.startswith("set cli screen-length"):
            return "Screen length set to 0\r\n"
        if line.startswith("set cli complete"):
            return "Disabling complete-on-space\r\n"
        if line.startswith("commit"):
            self.waiting = False
            return "commit complete\r\n\r\n"
        if line == "rollback 0" and self.rolls_back:
            self.waiting = False
            return "load complete\r\n\r\n"
        self.waiting |= line.startswith("set ")
        return "\r\n"


def xr(**changes: bool) -> tuple[Scripted, str, str, str]:
    return Xr(**changes), "cisco_xr", "interface Loopback0", "commit"


def junos(**changes: bool) -> tuple[Scripted, str, str, str]:
    return Junos(**changes), "juniper_junos", "set system host-name r1", 'commit comment "a test"'


@pytest.mark.parametrize("made", [xr, junos])
def test_f20_what_was_committed_is_left_alone(made: object) -> None:
    device, platform, line, commit = made()  # type: ignore[operator]  # one of two functions
    with session(device, platform=platform) as connection:
        with connection.configuring() as mode:
            replies = [mode.send(line), mode.send(commit)]
        assert not any(reply.error for reply in replies)
        assert "edit" not in "".join(reply.output for reply in replies)
        assert connection.send("show clock").output.strip() == ""
    assert device.got[1:3] == [line, commit]
    assert len(device.got) == 4


@pytest.mark.parametrize("made", [xr, junos])
@pytest.mark.parametrize("fails", [False, True])
def test_f20_what_was_not_committed_is_thrown_away(made: object, fails: bool) -> None:
    device, platform, line, _ = made()  # type: ignore[operator]  # one of two functions
    with session(device, platform=platform) as connection:
        try:
            with connection.configuring() as mode:
                mode.send(line)
                if fails:
                    raise RuntimeError("of the block")
        except RuntimeError:
            assert fails
        assert connection.send("show clock").output.strip() == ""
    assert device.got[1:-1] == [line, {"cisco_xr": "clear", "juniper_junos": "rollback 0"}[platform]]
    assert not device.waiting


def test_f20_a_refused_commit_is_thrown_away() -> None:
    device = Xr(refuses=True)
    with session(device, platform="cisco_xr") as connection, connection.configuring() as mode:
        mode.send("interface Loopback0")
        assert mode.send("commit comment test").error.startswith("% Failed to commit")
    assert device.got[1:] == ["interface Loopback0", "commit comment test", "clear", "end"]


def test_f20_the_question_on_leaving_is_answered_no() -> None:
    device = Xr(clears=False)
    with session(device, platform="cisco_xr") as connection:
        with connection.configuring() as mode:
            mode.send("interface Loopback0")
        assert connection.send("show clock").output == ""
    assert device.got[1:] == ["interface Loopback0", "clear", "end", "no"]
    assert not device.waiting


def test_f20_a_candidate_that_stays_is_told_and_never_left_with_a_yes() -> None:
    device = Junos(rolls_back=False)
    with session(device, platform="juniper_junos") as connection:
        with pytest.raises(SessionError) as caught, connection.configuring() as mode:
            mode.send("set system host-name r1")
        assert caught.value.cause in ("not_discarded", "config_mode_left")
    assert "yes" not in device.got
    assert "" not in device.got
