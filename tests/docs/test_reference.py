"""The pages of docs/reference are what the code says, and nothing a user can write is missing from them."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from runner.documents.load import parse
from runner.planning.registries import Registries
from runner.playbook.loader import read_document
from runner.settings.options import Options
from tests.docs.generate import FOLDER, commands, pages, schemas, write
from tests.docs.pages import page


@pytest.mark.parametrize("name", sorted({*pages(), *(path.name for path in FOLDER.glob("*.md"))}))
def test_the_committed_page_is_the_one_the_code_gives(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""
    assert committed == pages().get(name, ""), "make it anew with: python -m tests.docs.generate"


@pytest.mark.parametrize("name", sorted({*schemas(), *(path.name for path in FOLDER.parent.glob("*.schema.json"))}))
def test_the_committed_schema_is_the_one_the_code_gives(name: str) -> None:
    committed = (FOLDER.parent / name).read_text(encoding="utf-8") if (FOLDER.parent / name).exists() else ""
    assert committed == schemas().get(name, ""), "make it anew with: python -m tests.docs.generate"


def test_writing_removes_pages_that_are_no_longer_made(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(pages())


def test_every_command_has_a_heading_and_every_option_a_row() -> None:
    anchors, text = page(FOLDER / "commands.md").anchors(), (FOLDER / "commands.md").read_text()
    seen = 0
    for name, command, _ in commands():
        assert name.replace(" ", "-") in anchors
        assert command.help, f"{name} has no help"
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for option in command.params:
            if isinstance(option, click.Option):
                seen += 1
                assert f"| `{', '.join(option.opts)}" in section and option.help, f"{name} {option.opts}"
    assert seen > 50


def test_every_action_and_result_handler_has_a_heading_and_every_argument_a_row() -> None:
    registries = Registries()
    for registry, name in ((registries.actions, "actions.md"), (registries.handlers, "result_handlers.md")):
        text = (FOLDER / name).read_text()
        for plugin, made in registry.items().items():
            if not type(made).__module__.startswith("runner."):
                continue
            section = text.split(f"\n## {plugin}\n")[1].split("\n## ")[0]
            arguments = [info.alias or field for field, info in made.arguments.model_fields.items() if field != "root"]
            assert all(f"| `{argument}` |" in section for argument in arguments), plugin
            assert "```yaml" in section, f"{plugin} has no example"


def test_every_setting_has_a_row_with_its_variable() -> None:
    text = (FOLDER / "settings.md").read_text()
    for name in Options.model_fields:
        [row] = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        assert f"NORNIR_PLAYBOOK_{name.upper()}`" in row or name == "inventory_options"


@pytest.mark.parametrize(
    ("section", "written", "before"),
    [
        ("play", [{"hosts": "all", "tasks": [], "qqqqqq": 1}], "keywords of a play: "),
        ("task", [{"hosts": "all", "tasks": [{"qqqqqq": 1}]}], "keywords of a task: "),
    ],
)
def test_every_keyword_that_the_loader_knows_has_a_row(section: str, written: list[object], before: str) -> None:
    """The loader lists its keywords for a key that resembles none."""
    document = parse(repr(written).replace("'", '"'), file="x.yaml")
    problems = read_document(document, actions=["commands"], handlers=["save"]).problems
    [hint] = [problem.hint for problem in problems if "qqqqqq" in problem.message]
    known = hint.split(before)[1].split(", ")
    assert len(known) > 5
    text = (FOLDER / "playbook.md").read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    assert {row for row in rows if "." not in row} == set(known)
