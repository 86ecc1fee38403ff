"""`nornir-playbook schema` in an editor: yaml-language-server finds nothing in a good playbook, the mistake in a bad one, and helps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.project import Project
from tests.user.language_server import LanguageServer, installed

pytestmark = pytest.mark.timeout(900)  # in continuous integration the server is installed first

MODELINE = "# yaml-language-server: $schema=playbook.schema.json\n"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return installed(tmp_path_factory.mktemp("npm"))


@pytest.fixture
def server(command: list[str], project: Project) -> Iterator[LanguageServer]:
    schema = project.run("schema")
    assert schema.code == 0 and schema.json["title"]
    project.write("playbook.schema.json", schema.stdout)
    with LanguageServer(command, project.folder) as running:
        yield running


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").glob("*.yaml")), ids=lambda path: path.name)
def test_a_good_playbook_has_no_diagnostics(server: LanguageServer, path: Path) -> None:
    text = "".join(line for line in path.read_text().splitlines(keepends=True) if "yaml-language-server" not in line)
    assert server.diagnostics(path.name, MODELINE + text) == []


BAD = {
    "an unknown keyword": ("- hosts: all\n  batchsize: 3\n  tasks:\n    - debug: x\n", 1, "batchsize"),
    "a wrong type": ("- hosts: all\n  tasks:\n    - debug: x\n      ignore_errors: 3\n", 3, "boolean"),
    "an unknown argument": ("- hosts: all\n  tasks:\n    - save_config: {tmeout: 3}\n", 2, "tmeout"),
    "a choice that is none": ("- hosts: all\n  order: random\n  tasks:\n    - debug: x\n", 1, "shuffle"),
}


@pytest.mark.parametrize(("text", "line", "said"), BAD.values(), ids=BAD)
def test_a_bad_playbook_has_one_at_its_place(server: LanguageServer, text: str, line: int, said: str) -> None:
    [found] = server.diagnostics("bad.yaml", MODELINE + text)
    assert found["range"]["start"]["line"] == line + 1 and said in found["message"]


def test_it_offers_keywords_actions_and_arguments(server: LanguageServer) -> None:
    text = MODELINE + "- hosts: all\n  \n  tasks:\n    - name: x\n      \n    - commands: show clock\n      on_result:\n        - \n"
    server.diagnostics("new.yaml", text)
    of_play = server.completions("new.yaml", 2, 2)
    assert {"batch_size", "vars", "order"} <= set(of_play)
    assert "Hosts per batch" in of_play["batch_size"]
    of_task = server.completions("new.yaml", 5, 6)
    assert {"commands", "when", "register"} <= set(of_task)
    assert {"save", "parse", "expect"} <= set(server.completions("new.yaml", 8, 10))
    assert "Send commands to the device" in server.hover("new.yaml", 6, 8)


def test_the_committed_schema_is_the_one_for_a_clone(command: list[str], tmp_path: Path) -> None:
    """The relative path that the repository's own playbooks may name."""
    shutil.copytree(ROOT / "playbooks", tmp_path / "playbooks")
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "playbook.schema.json", tmp_path / "docs")
    with LanguageServer(command, tmp_path) as running:
        text = "# yaml-language-server: $schema=../docs/playbook.schema.json\n- hosts: all\n  nonsense: 1\n  tasks: [{debug: x}]\n"
        [found] = running.diagnostics("playbooks/bad.yaml", text)
        assert "nonsense" in found["message"]
