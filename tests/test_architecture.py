"""The rules of the structure: who may import whom and what, how long a file may be, which names are not allowed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "runner").rglob("*.py"))
LONGEST = 300

# The layer of each package or top-level module of `runner`; a module imports only from its own layer or a lower one.
LAYERS = {
    "": 0, "errors": 0, "states": 0, "events": 0, "contracts": 0, "arguments": 0, "abilities": 0, "policy": 0, "secret": 0,
    "target": 0, "platforms": 0, "batches": 0, "settled_sets": 0, "job": 0, "job_events": 0, "progress": 0, "leases": 0, "crash_points": 0,
    "playbook.model": 0,
    "documents": 1, "playbook": 1, "inventory": 1, "settings": 1, "planning": 1,
    "transport": 2, "actions": 2, "runners": 2, "execution": 2,
    "results": 3, "reporters": 3, "journal": 3, "store": 3,
    "jobs": 4,
    "cli": 5, "__main__": 5,
    "lab": -1,
}  # fmt: skip
NEVER_EACH_OTHER = {(2, 3), (3, 2)}

# Third-party packages and the only places that may import them.
THIRD_PARTY = {
    "pydantic": (
        *("contracts", "arguments", "playbook", "documents", "settings", "inventory", "planning", "actions", "results", "execution", "cli"),
    ),
    "pydantic_core": ("documents",),
    "yaml": ("documents",),
    "jinja2": ("playbook",),
    "markupsafe": ("playbook",),
    "nornir": ("inventory", "transport", "execution", "runners", "actions"),
    "nornir_netmiko": ("transport",),
    "netmiko": ("transport",),
    "paramiko": ("transport",),
    "cryptography": ("transport",),
    "keyring": ("inventory",),
    "platformdirs": ("settings", "inventory", "cli", "lab", "store"),
    "ntc_templates": ("results",),
    "textfsm": ("results",),
    "jmespath": ("results",),
    "rich": ("reporters",),
    "junitparser": ("reporters",),
    "sqlalchemy": ("store",),
    "alembic": ("store",),
    "click": ("cli",),
    "asyncssh": ("lab",),
}

# Where a module may be found at run time by a name that is not written in our code, and why.
DYNAMIC_IMPORTS = {
    "planning/registries.py": "the two registries",
    "inventory/plugin.py": "the inventory plugin the user names",
    "planning/import_paths.py": "the functions and connection plugins the user names",
    "planning/project_modules.py": "the modules of a project's plugins folder",
}


def module_of(path: Path) -> str:
    """`runner/playbook/model.py` → `playbook.model`; packages without `__init__`."""
    return ".".join(path.relative_to(ROOT / "runner").with_suffix("").parts).removesuffix("__init__").removesuffix(".")


def layer_of(module: str) -> int:
    """The layer of a module by its longest known prefix."""
    parts = module.split(".")
    return next(LAYERS[".".join(parts[:length])] for length in range(len(parts), -1, -1) if ".".join(parts[:length]) in LAYERS)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, anywhere in it, with the line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            if node.module == "runner":
                yield from ((f"runner.{alias.name}", node.lineno) for alias in node.names)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_layers(path: Path) -> None:
    own = layer_of(module_of(path))
    for module, line in imports(path):
        if not module.startswith("runner.") or own == 5:
            continue
        other = layer_of(module.removeprefix("runner."))
        if own == -1:
            assert other in (-1, 0), f"{path}:{line}: the lab stands alone and imports {module}"
        else:
            assert 0 <= other <= own and (own, other) not in NEVER_EACH_OTHER, f"{path}:{line}: layer {own} imports {module}, layer {other}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_third_party_packages_stay_where_they_belong(path: Path) -> None:
    place = module_of(path).split(".")[0]
    for module, line in imports(path):
        package = module.split(".")[0]
        if package in sys.stdlib_module_names or package in ("runner", "__future__"):
            continue
        assert package in THIRD_PARTY, f"{path}:{line}: {package} is not on the list"
        assert place in THIRD_PARTY[package], f"{path}:{line}: {package} is not for {place}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_dynamic_imports_only_in_the_registries(path: Path) -> None:
    if name_of(path).removeprefix("runner/") in DYNAMIC_IMPORTS:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        assert name not in ("import_module", "__import__", "entry_points", "exec", "eval"), f"{path}: {name}"


@pytest.mark.parametrize("path", [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))], ids=name_of)
def test_files_are_short_and_say_why_they_exist(path: Path) -> None:
    text = path.read_text()
    assert path.name not in ("utils.py", "util.py", "helpers.py", "manager.py", "common.py", "misc.py")
    assert text.count("\n") <= LONGEST, f"{path} has {text.count(chr(10))} lines"
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), f"{path} does not say why it exists"


def test_print_stands_nowhere() -> None:
    """Text for the user goes through click or a reporter, where encodings and pipes are handled."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{path}:{node.lineno}"


def test_a_rule_of_this_file_can_fail() -> None:
    assert layer_of("execution.host") == 2
    assert layer_of("playbook.model") == 0
    assert layer_of("playbook.loader") == 1
    assert ("runner.secret", 1) not in set(imports(ROOT / "runner" / "errors.py"))
    assert any(module == "runner.states" for module, _ in imports(ROOT / "runner" / "events.py"))
