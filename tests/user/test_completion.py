"""Completion in bash, zsh and fish: typed at each shell itself, with host and group names of the inventory, and never a word besides."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.project import Project
from tests.user.person import Person
from tests.user.programs import needed
from tests.user.waiting import until

WRAPPER = """#!/bin/sh
# Answers completion as the program does; what is run for good is only noted.
if [ -n "$_NORNIR_PLAYBOOK_COMPLETE" ]; then exec "{python}" -m runner; fi
echo "$@" > "{folder}/ran"
"""

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(_NORNIR_PLAYBOOK_COMPLETE=bash_source nornir-playbook)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit; compinit -D -u; eval "$(_NORNIR_PLAYBOOK_COMPLETE=zsh_source nornir-playbook)"'),
    "fish": (["fish", "--no-config", "-i"], "_NORNIR_PLAYBOOK_COMPLETE=fish_source nornir-playbook | source"),
}

# what is typed, and the command that then runs
ROWS = {
    "command": ("vali\tx.yaml\n", "validate x.yaml"),
    "option": ("run --host-k\tignore x.yaml\n", "run --host-keys ignore x.yaml"),
    "value": ("run --host-keys acc\tx.yaml\n", "run --host-keys accept-new x.yaml"),
    "group": ("hosts cor\t\n", "hosts core"),
    "host": ("exec r12\t-c x\n", "exec r12 -c x"),
    "behind a comma": ("hosts core,am\t\n", "hosts core,ams"),
    "in quotes": ("hosts 'core,&am\t\n", "hosts core,&ams"),
    "limit": ("run x.yaml -l 'ams,!cor\t\n", "run x.yaml -l ams,!core"),
    "of another inventory": ("hosts -i other onl\t\n", "hosts -i other only_here"),
    "folder": ("run -i inven\t x.yaml\n", "run -i inventory x.yaml"),
    "file": ("run playb\tosp\t\n", "run playbooks/ospf.yaml"),
    "doc": ("doc exp\t\n", "doc expect"),
    "subcommand": ("lab u\t\n", "lab up"),
}


@pytest.fixture
def ready(project: Project) -> Project:
    """A project with inventories of its own, and `nornir-playbook` on the path."""
    names = "".join(f"r{number}: {{groups: [{'core, ams' if number % 2 else 'edge'}]}}\n" for number in range(1, 13))
    project.write("inventory/hosts.yaml", names)
    project.write("inventory/groups.yaml", "core: {}\nams: {}\nedge: {}\n")
    project.write("other/hosts.yaml", "only_here: {}\n")
    project.write("playbooks/ospf.yaml", "")
    wrapper = project.write("bin/nornir-playbook", WRAPPER.format(python=sys.executable, folder=project.folder))
    wrapper.chmod(0o755)
    return project


def environment(project: Project, **extra: str) -> dict[str, str]:
    own = project.environment(extra)
    return {**own, "PATH": f"{project.folder / 'bin'}:{own['PATH']}", "TERM": "xterm", "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_at_the_shell(ready: Project, shell: str) -> None:
    """One shell for all rows; each row's command is noted by the wrapper when it runs."""
    command, switch_on = SHELLS[shell]
    needed(shell)
    ran = ready.folder / "ran"
    (ready.folder / "home").mkdir()
    with Person(command, folder=ready.folder, environment=environment(ready), columns=200) as person:
        person.types(switch_on + "\n")
        for name, (keys, expected) in ROWS.items():
            person.types(f"nornir-playbook {keys}")
            until(ran.exists, f"{shell}, {name}: {keys!r} runs\n{person.text[-500:]}")
            until(lambda: ran.read_text().endswith("\n"), "it is noted")
            words = ran.read_text().strip().replace("inventory/ ", "inventory ")  # zsh takes the slash away, the others leave it
            assert words == expected, (name, keys, person.text[-500:])
            ran.unlink()
        for word in ("warning", "rror", "Traceback"):
            assert word not in person.text


def completions(project: Project, words: str, **extra: str) -> list[str]:
    """What the program answers to bash for the last word of a line; nothing may go to stderr, which is the user's screen."""
    variables = {"_NORNIR_PLAYBOOK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1), **extra}
    run = project.run(env=variables)
    assert run.stderr == ""
    return [line.partition(",")[2] for line in run.stdout.splitlines() if line]


def test_hosts_and_groups_are_offered(ready: Project) -> None:
    assert completions(ready, "nornir-playbook hosts 'ams,!r1") == ["ams,!r1", "ams,!r10", "ams,!r11", "ams,!r12"]
    assert completions(ready, "nornir-playbook exec e") == ["edge"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("inventory/hosts.yaml", "r1: {hostnme: x}\n"),
        ("inventory/hosts.yaml", "\t{"),
        ("nornir-playbook.toml", "batch_sise = 5\n"),
        ("nornir-playbook.toml", "= ="),
    ],
    ids=["mistake", "no yaml", "setting", "no toml"],
)
def test_whatever_is_wrong_completion_says_nothing(ready: Project, file: str, text: str) -> None:
    ready.write(file, text)
    assert completions(ready, "nornir-playbook hosts e") == []


def test_warnings_are_not_for_a_half_typed_line(ready: Project) -> None:
    assert completions(ready, "nornir-playbook hosts e", NORNIR_PLAYBOOK_BATCHSIZE="3") == ["edge"]


@pytest.mark.parametrize(
    "words", ["nornir-playbook rum x", "nornir-playbook run --bogus x -l", "nornir-playbook run x.yaml y", "nornir-playbook"]
)
def test_a_line_that_makes_no_sense_is_no_reason_to_speak(ready: Project, words: str) -> None:
    completions(ready, words)


def test_help_says_how_to_switch_it_on(project: Project) -> None:
    text = project.run("help", "completion").stdout
    for _, switch_on in SHELLS.values():
        assert switch_on.rpartition("; ")[2] in text


def test_the_documentation_says_it_too() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "operation.md").read_text().replace("\\|", "|")
    assert all(switch_on.rpartition("; ")[2] in text for _, switch_on in SHELLS.values())
