"""Functions named by import path: where they are looked for, that projects do not mix, and what is said when there are none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runner.errors import InputError
from runner.planning.import_paths import asked_for, check_call, entry_point, function_at


def project(folder: Path, **modules: str) -> Path:
    """A project with these modules in `plugins/`; two underscores stand for a slash."""
    for name, text in modules.items():
        path = folder / "plugins" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    ("modules", "path", "gives"),
    [
        pytest.param({"acl": "def make(): return 1"}, "acl:make", 1, id="a module"),
        pytest.param({"acl": "class A:\n  @staticmethod\n  def make(): return 2"}, "acl:A.make", 2, id="in a class"),
        pytest.param({"net__acl": "def make(): return 3"}, "net.acl:make", 3, id="a folder without __init__"),
        pytest.param({"acl": "import near\ndef make(): return near.X", "near": "X = 4"}, "acl:make", 4, id="a neighbour"),
        pytest.param({"acl": "def make():\n  from near import X\n  return X", "near": "X = 5"}, "acl:make", 5, id="a neighbour, late"),
        pytest.param({"net__a": "from .b import X\ndef make(): return X", "net__b": "X = 6"}, "net.a:make", 6, id="relative"),
        pytest.param(
            {"net__a": "from . import b\ndef make(): return b.X", "net__b": "import c\nX = c.X", "c": "X = 7"}, "net.a:make", 7, id="deep"
        ),
        pytest.param({"a": "from net import b\ndef make(): return b.X", "net__b": "X = 8"}, "a:make", 8, id="from a package"),
        pytest.param({"a": "import net.b as b\ndef make(): return b.X", "net__b": "X = 9"}, "a:make", 9, id="as"),
        pytest.param({"a": "import net.b\ndef make(): return net.b.X", "net__b": "X = 10"}, "a:make", 10, id="dotted"),
        pytest.param({"json": "def loads(text): pass\ndef make(): return 11"}, "json:make", 11, id="before the environment"),
        pytest.param({"a": "import os.path, json\ndef make(): return json.loads('12')"}, "a:make", 12, id="the standard library"),
        pytest.param({"a": "import b\nY = 1\ndef make(): return b.X", "b": "import a\nX = 13"}, "a:make", 13, id="a circle"),
    ],
)
def test_the_projects_modules_are_found(tmp_path: Path, modules: dict[str, str], path: str, gives: int) -> None:
    assert function_at(path, project(tmp_path, **modules))() == gives


def test_the_environment_is_looked_in_too(tmp_path: Path) -> None:
    assert function_at("json:dumps", tmp_path)([1]) == "[1]"
    (tmp_path / "plugins" / "json").mkdir(parents=True)
    assert function_at("json:dumps", tmp_path)([1]) == "[1]", "a folder of data hid a module"


def test_two_projects_do_not_mix_and_leave_no_trace(tmp_path: Path) -> None:
    path, names = [*sys.path], {*sys.modules}
    for number in (1, 2):
        project(tmp_path / str(number), same=f"import part\ndef give(): return part.X, {number}", part=f"X = {number}")
    first, second = (function_at("same:give", tmp_path / str(number)) for number in (1, 2))
    assert (first(), second()) == ((1, 1), (2, 2))
    assert sys.path == path
    assert all(name.startswith("_nornir_playbook_") for name in {*sys.modules} - names)
    assert not [*tmp_path.rglob("__pycache__")]
    with pytest.raises(ModuleNotFoundError):
        __import__("part")


@pytest.mark.parametrize(
    ("path", "words", "hint"),
    [
        pytest.param("acll:make", "there is no module 'acll'", "did you mean 'acl'?", id="no module"),
        pytest.param("net.acl:make", "there is no module 'net.acl'", "plugins", id="no package"),
        pytest.param("acl:mak", "the module 'acl' has no 'mak'", "did you mean 'make'?", id="no function"),
        pytest.param("acl:VALUE", "'acl:VALUE' is not a function", "int", id="no function but a value"),
        pytest.param("raises:make", "'raises' cannot be imported: ZeroDivisionError: division by zero", "plugins/raises.py:2", id="raises"),
        pytest.param("exits:make", "'exits' cannot be imported: SystemExit: 3", "plugins/exits.py:1", id="f38 exits"),
        pytest.param("typo:make", "'typo' cannot be imported: SyntaxError: ", "plugins/typo.py:1", id="does not parse"),
        pytest.param("needs:make", "ModuleNotFoundError: No module named 'not_there_at_all'", "plugins/needs.py:1", id="needs another"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, path: str, words: str, hint: str) -> None:
    modules = {"raises": "\n1 / 0", "exits": "raise SystemExit(3)", "typo": "def (:", "needs": "import not_there_at_all"}
    root = project(tmp_path, acl="VALUE = 1\ndef make(): pass", **modules)
    with pytest.raises(InputError) as caught:
        function_at(path, root)
    assert words in caught.value.message and hint in caught.value.hint


def example(task: object, command: str, *, tries: int = 1, host: object = None) -> None:
    """A function with a signature."""


async def later() -> None:
    """A function that does nothing when it is called."""


@pytest.mark.parametrize(
    ("function", "given", "words"),
    [
        pytest.param(example, ["command"], "", id="fits"),
        pytest.param(print, ["sep"], "", id="built in"),
        pytest.param(example, [], "missing a required argument: 'command'", id="one is missing"),
        pytest.param(example, ["command", "tires"], "'tires'", id="one too many"),
        pytest.param(example, ["command", "task"], "'task'", id="given twice"),
        pytest.param(later, [], "asynchronous", id="asynchronous"),
    ],
)
def test_arguments_are_checked_before_the_call(function: object, given: list[str], words: str) -> None:
    assert callable(function)
    if not words:
        check_call(function, "x:y", given, first=1)
        return
    with pytest.raises(InputError) as caught:
        check_call(function, "x:y", given, first=1)
    assert words in caught.value.message


def test_what_a_function_asks_for() -> None:
    assert asked_for(example, ("host", "session", "command")) == ("host", "command")
    assert asked_for(lambda **anything: None, ("host",)) == ()


def test_a_plugin_of_a_distribution_is_loaded_alone() -> None:
    assert entry_point("nornir.plugins.connections", "netmiko", "connection plugin").__name__ == "Netmiko"
    with pytest.raises(InputError, match="there is no connection plugin 'netmikko'") as caught:
        entry_point("nornir.plugins.connections", "netmikko", "connection plugin")
    assert "netmiko" in caught.value.hint
    code = (
        "import sys\nfrom runner.planning.import_paths import entry_point\n"
        "try: entry_point('nornir.plugins.connections', 'none', 'x')\nexcept Exception: pass\nassert 'netmiko' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
