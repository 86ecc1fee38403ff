"""An option of an inventory plugin may stand in the environment: a token belongs into no file of a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.inventory.plugin import resolved
from tests.project import Project

PLUGIN = """\
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory

class Made:
    def __init__(self, token, more=None):
        self.token = token

    def load(self):
        if self.token == "wrong":
            raise ValueError(f"403 for token {self.token}")
        hosts = Hosts({"r1": Host(name="r1", hostname="192.0.2.1", data={"length": len(self.token)})})
        return Inventory(hosts=hosts, groups=Groups(), defaults=Defaults())
"""
TABLE = '[inventory]\nplugin = "Made"\n\n[inventory.options]\ntoken = "env:NB_TOKEN"\nmore = [{x = "env:MORE"}]\n'


@pytest.fixture
def site(project: Project) -> Path:
    """A folder of packages with two plugins: one that works, and one that may not even be imported."""
    for name, text in (("made", PLUGIN), ("unrelated", "import pathlib\npathlib.Path('imported').touch()\nraise ImportError('broken')\n")):
        project.write(f"site/{name}.py", text)
        project.write(f"site/{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        groups = ("nornir.plugins.inventory", "nornir.plugins.runners", "nornir.plugins.connections")
        entries = "".join(f"[{group}]\n{name.title()} = {name}:{name.title()}\n" for group in groups)
        project.write(f"site/{name}-1.0.dist-info/entry_points.txt", entries)
    project.write("nornir-playbook.toml", TABLE)
    return project.folder / "site"


def run(project: Project, site: Path, **variables: str) -> tuple[int, str, str]:
    environment = project.environment()
    path = {"PYTHONPATH": f"{site}:{environment['PYTHONPATH']}"}
    done = project.run("hosts", "--format", "json", env={**path, **variables})
    return done.code, done.stdout, done.stderr


def test_f29_the_named_plugin_works_and_a_broken_one_beside_it_is_not_imported(project: Project, site: Path) -> None:
    code, out, err = run(project, site, NB_TOKEN="t0ken", MORE="x")
    assert (code, err) == (0, "") and [host["name"] for host in json.loads(out)] == ["r1"]
    assert not (project.folder / "imported").exists()


def test_f29_a_broken_one_that_is_named_is_told_with_its_module(project: Project, site: Path) -> None:
    project.write("nornir-playbook.toml", '[inventory]\nplugin = "Unrelated"\n')
    code, _, err = run(project, site)
    assert (
        code == 3 and "the inventory plugin 'Unrelated' failed: ImportError: broken (it is unrelated:Unrelated; check its options)" in err
    )


def test_variables_that_are_not_set_are_all_told_at_the_place_of_the_options(project: Project, site: Path) -> None:
    code, _, err = run(project, site)
    assert code == 3 and "nornir-playbook.toml:4:1 the option token of the inventory plugin needs the environment variable NB_TOKEN" in err
    assert "the option more[0].x of the inventory plugin needs the environment variable MORE, which is not set" in err


def test_a_plugin_that_quotes_a_token_does_not_show_it(project: Project, site: Path) -> None:
    code, _, err = run(project, site, NB_TOKEN="wrong", MORE="x")
    assert code == 3 and "ValueError: 403 for token ******" in err and "wrong" not in err


def test_only_what_begins_with_env_is_looked_up() -> None:
    options = {"a": "env:A", "b": {"c": ["env:A", "environment", 3]}, "d": True}
    assert resolved(options, {"A": "1"}) == {"a": "1", "b": {"c": ["1", "environment", 3]}, "d": True}
