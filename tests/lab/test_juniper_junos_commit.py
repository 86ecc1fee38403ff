"""How a Junos candidate ends: committed, checked, confirmed or not, rolled back, left to others or thrown away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runner.lab import Device, Faults, Fleet
from runner.lab.personalities.juniper_junos_database import Database
from runner.lab.personalities.juniper_junos_tree import JunosTree
from tests.lab.client import read_to_end
from tests.lab.junos import EDIT, driver, say, session

BELOW = "\n[edit protocols]\nadmin@r1# "


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """r1, r2, r3; nothing of them is left afterwards."""
    with Fleet(Device.fleet(3, platform="juniper_junos")) as running:
        yield running
        assert running.wait_idle(), running.counters()
    assert running.problems() == ()


def test_leaving_with_changes_asks_and_no_stays(fleet: Fleet) -> None:
    question = "The configuration has been changed but not committed\nExit with uncommitted changes? [yes,no] (yes) "
    with session(fleet) as channel:
        say(channel, "configure", EDIT)
        say(channel, "set system host-name other", EDIT)
        assert say(channel, "exit configuration-mode", question) == ""
        say(channel, "perhaps", question.splitlines()[1])
        say(channel, "no", EDIT)
        say(channel, "exit", question)
        assert say(channel, "") == "Exiting configuration mode\n"


def test_commit_check_comment_history_and_rollback(fleet: Fleet) -> None:
    with session(fleet) as channel:
        say(channel, "configure", EDIT)
        say(channel, "set system domain-name first.example", EDIT)
        assert say(channel, "commit check", EDIT) == "configuration check succeeds\n"
        assert "first.example" not in fleet.running_config("r1")
        assert say(channel, 'commit comment "change one"', EDIT) == "commit complete\n"
        assert say(channel, "show | compare rollback 1", EDIT) == (
            "[edit system]\n-  domain-name lab.example;\n+  domain-name first.example;\n"
        )
        say(channel, "edit protocols", BELOW)
        assert say(channel, "show | compare rollback 1", BELOW) == ""
        assert "first.example" in say(channel, "top show | compare rollback 1", BELOW)
        say(channel, "top", EDIT)
        assert say(channel, "rollback 1", EDIT) == "load complete\n"
        assert say(channel, "commit", EDIT) == "commit complete\n"
        say(channel, "exit")
        assert "change one" in say(channel, "show system commit")
    assert "lab.example" in fleet.running_config("r1")
    assert [commit.lines for commit in fleet.sessions("r1")[0].commits] == [("set system domain-name first.example",), ("rollback 1",)]


def test_a_commit_to_confirm_reminds_in_the_prompt(fleet: Fleet) -> None:
    with session(fleet) as channel:
        say(channel, "configure", EDIT)
        say(channel, "set system domain-name new.example", EDIT)
        said = say(channel, "commit confirmed 5", f"\n# commit confirmed will be rolled back in 5 minutes{EDIT}")
        assert said == "commit confirmed will be automatically rolled back in 5 minutes unless confirmed\ncommit complete\n"
        assert say(channel, "commit", EDIT) == "commit complete\n"
    assert [commit.confirmed for commit in fleet.sessions("r1")[0].commits] == [300, None]


def test_a_commit_that_nobody_confirms_is_undone() -> None:
    now = [0.0]
    database = Database(JunosTree("set system host-name old"), "admin", clock=lambda: now[0])
    database.candidate(0).tree.set(("system", "host-name new"))
    database.commit(0, "admin", "", confirmed=5)
    now[0] = 299.0
    assert (database.hostname, database.unconfirmed) == ("new", 5)
    now[0] = 300.0
    assert (database.hostname, database.unconfirmed, database.is_changed(0)) == ("old", None, False)


def test_faults_of_a_commit_and_of_configuration_mode(fleet: Fleet) -> None:
    fleet.set_faults("r1", Faults(commit_fails=True))
    with driver(fleet) as connection:
        connection.send_config_set(["set system host-name renamed"], exit_config_mode=False)
        with pytest.raises(ValueError, match="error: configuration check-out failed"):
            connection.commit()
        assert "renamed" in connection.send_command("show | compare")
    assert [commit.done for commit in fleet.sessions("r1")[0].commits] == [False]
    assert "renamed" not in fleet.running_config("r1")
    fleet.set_faults("r1", Faults(no_config=True))
    with session(fleet) as channel:
        assert "permission denied" in say(channel, "configure")


def test_a_connection_cut_at_a_line_leaves_what_came_in_the_candidate(fleet: Fleet) -> None:
    fleet.set_faults("r1", Faults(close_at_line=2))
    with session(fleet) as channel:
        say(channel, "configure", EDIT)
        say(channel, "set system domain-name one.example", EDIT)
        channel.sendall(b"set system host-name two\n")
        read_to_end(channel)
    assert fleet.wait_idle()
    fleet.set_faults("r1", Faults())
    with session(fleet) as channel:
        assert "has been changed" in say(channel, "configure", EDIT)
        assert "two" in say(channel, "show | compare", EDIT)
    assert fleet.sessions("r1")[0].config_lines == ("set system domain-name one.example", "set system host-name two")


@pytest.mark.parametrize("kind", ["exclusive", "private"])
def test_private_and_exclusive_candidates_are_forgotten(fleet: Fleet, kind: str) -> None:
    with session(fleet) as first, session(fleet) as second:
        assert say(first, f"configure {kind}", EDIT).startswith("warning: uncommitted changes will be discarded on exit\n")
        say(first, "set system host-name mine", EDIT)
        said = say(second, "configure", EDIT)
        assert f"{kind} [edit]" in said
        locked = say(second, "set system domain-name x.example", EDIT)
        assert locked.startswith("error: configuration database locked by:") == (kind == "exclusive")
        say(first, "exit", "Discard uncommitted changes? [yes,no] (yes) ")
        assert "discarding" in say(first, "yes")
        assert "mine" not in say(second, "show", EDIT)
        say(second, "rollback 0", EDIT)
    with session(fleet) as channel:
        say(channel, f"configure {kind}", EDIT)
        say(channel, "set system host-name lost", EDIT)
    assert fleet.wait_idle()
    with session(fleet) as channel:
        assert say(channel, "configure", EDIT) == "Entering configuration mode\n"
