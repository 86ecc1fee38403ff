"""What a project says of platforms in plugins/platforms.yaml: added to what is known, and checked with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.platforms import platform_of
from tests.planning.plugins import problems, pushed

PLAY = "- hosts: r1\n  tasks: [{commands: 'COMMAND'}]\n"


def platforms(folder: Path, text: str) -> None:
    (folder / "plugins").mkdir(exist_ok=True)
    (folder / "plugins" / "platforms.yaml").write_text(text)


def test_lists_are_added_and_the_rest_is_replaced(tmp_path: Path) -> None:
    platforms(tmp_path, "ios: {read_only: [tell], errors: ['Oops: '], save: 'copy r s', volatile: ['Uptime']}\n")
    known, before = pushed(tmp_path, PLAY).platforms.of("ios"), platform_of("cisco_ios")
    assert known.name == "cisco_ios" and known.read_only == (*before.read_only, "tell")
    assert known.error_in("Oops: no") == "Oops: no" and known.error_in("% Invalid input detected") == "% Invalid input detected"
    assert known.config and before.config and known.config.save == "copy r s" and known.config.enter == before.config.enter
    assert known.config.volatile == (*before.config.volatile, "Uptime")


def test_the_plan_goes_by_it(tmp_path: Path) -> None:
    assert pushed(tmp_path, PLAY.replace("COMMAND", "tell time")).written_hosts == ("r1",)
    platforms(tmp_path, "cisco_ios: {read_only: [tell]}\n")
    assert pushed(tmp_path, PLAY.replace("COMMAND", "tell time")).written_hosts == ()


def test_a_platform_like_another(tmp_path: Path) -> None:
    platforms(tmp_path, "dell_os10: {like: cisco_ios, leave: 'exit all'}\n")
    known = pushed(tmp_path, PLAY).platforms.of("dell_os10")
    assert known.name == "dell_os10" and known.errors == platform_of("cisco_ios").errors
    assert known.config and known.config.leave == "exit all" and known.config.save == "write memory"


WRONG = [
    ("unknown key", "cisco_ios: {redonly: [a]}", "1 unknown key 'redonly' | did you mean 'read_only'?"),
    ("no list", "cisco_ios: {read_only: show}", "1 'read_only' must be a list, not text"),
    ("no regular expression", "cisco_ios:\n  errors: ['a(']", "2 entry 1 of 'errors' is not a regular expression: "),
    ("no prompt", "cisco_ios: {prompt: '{nam}#'}", "1 'prompt' must be a regular expression with {name} in it"),
    ("two names in a prompt", "cisco_ios: {prompt: '{name}{name}#'}", "1 'prompt' is not a regular expression: redefinition"),
    ("errors everywhere", "cisco_ios: {errors: ['.*']}", "1 entry 1 of 'errors' fits an empty line, and so every line"),
    ("a candidate for good", "x: {candidate: true}", "1 'x' has a candidate and no `commit` that makes it effective"),
    ("no commit", "cisco_ios: {commit: 'commit {text}'}", "1 'commit' may hold {comment}"),
    ("no line", 'cisco_ios: {save: "a\\nb"}', "1 'save' must be one line"),
    ("like nobody", "x: {like: cisco_iso}", "1 there is no platform 'cisco_iso' to be like | did you mean 'cisco_ios'?"),
    ("no mapping", "cisco_ios: 3", "1 'cisco_ios' must be a mapping, not a number"),
    ("a list", "- cisco_ios", "1 a file of platforms is a mapping of names"),
    ("no YAML", "cisco_ios: [", "2 "),
]


@pytest.mark.parametrize(("text", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    platforms(tmp_path, f"{text}\n")
    found = problems(tmp_path, PLAY.replace("COMMAND", "show clock"))
    assert any(f"plugins/platforms.yaml:{words}" in each for each in found), found


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    platforms(tmp_path, "# nothing yet\n")
    assert pushed(tmp_path, PLAY).platforms.of("cisco_ios") == platform_of("cisco_ios")
