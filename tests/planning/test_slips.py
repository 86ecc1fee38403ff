"""A slip of the finger is no write: the plan names the word that was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.planning.describe import as_lines
from runner.planning.plan_json import as_json
from runner.planning.slips import with_suggestion
from runner.platforms import platform_of
from tests.planning.test_planner import planned

ROWS = [
    ("cisco_ios", "shw version", "show"),
    ("cisco_ios", "shwo version", "show"),
    ("cisco_ios", "shoow version", "show"),
    ("cisco_ios", "SHPW version", "show"),
    ("cisco_ios", "pinh 192.0.2.1", "ping"),
    ("linux", "unmae -a", "uname"),
    ("cisco_ios", "reload", ""),
    ("cisco_ios", "swoh version", ""),
    ("cisco_ios", "show run | redirect flash:x", ""),
    ("linux", "rm -rf x", ""),
    ("linux", "mv a b", ""),
    ("cisco_ios", "show version", ""),
]


@pytest.mark.parametrize(("platform", "command", "meant"), ROWS, ids=[row[1] for row in ROWS])
def test_one_letter_away_from_a_reading_word(platform: str, command: str, meant: str) -> None:
    facts = platform_of(platform)
    reason = facts.why_it_writes(command)
    assert with_suggestion(reason, facts) == reason + (f" (did you mean '{meant}'?)" if meant else "")


def test_plan_and_warnings_say_so(tmp_path: Path) -> None:
    made = planned(tmp_path, "- hosts: all\n  tasks:\n    - commands: [show clock, shw version]\n    - commands: reload\n")
    text = "\n".join(as_lines(made.plan, every_host=False))
    assert "writes: commands ('shw' is not a read-only command of this platform (did you mean 'show'?))" in text
    assert "writes: commands ('reload' is not a read-only command of this platform)" in text
    assert as_json(made.plan)["plays"][0]["tasks"][0]["steps"]["r1"]["writes"].endswith("(did you mean 'show'?)")
    assert [(each.message, each.hint, each.where.line if each.where else 0) for each in made.plan.warnings] == [
        ("'shw' is not a read-only command of this platform, so it counts as writing", "did you mean 'show'?", 3)
    ]
