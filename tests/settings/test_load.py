"""Each setting comes from the strongest place that gives it, and knows which one that was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runner.errors import InputError
from runner.settings.load import Rank, Settings, load_settings
from runner.settings.options import Options, environment_name, expected


def settings(
    folder: Path,
    *,
    project: str | None = None,
    user: str | None = None,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    if project is not None:
        (folder / "nornir-playbook.toml").write_text(project, encoding="utf-8")
    if user is not None:
        (folder / "user").mkdir()
        (folder / "user" / "config.toml").write_text(user, encoding="utf-8")
    return load_settings(flags=flags or {}, environ=environ or {}, project=folder, user_config=folder / "user" / "config.toml")


def problems(folder: Path, **places: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        settings(folder, **places)
    assert caught.value.exit_code == 3
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def test_without_any_place_all_is_default(tmp_path: Path) -> None:
    found = load_settings(flags={"batch_size": None}, environ={})
    assert found.options == Options()
    assert (found.value("batch_size"), found.origin("batch_size"), found.rank("batch_size")) == (10, "default", Rank.DEFAULT)
    assert found.warnings == ()


PLACES = [
    ("user", "batch_size = 1", "{folder}/user/config.toml:1", False),
    ("project", "\nbatch_size = 2", "{folder}/nornir-playbook.toml:2", False),
    ("environ", {"NORNIR_PLAYBOOK_BATCH_SIZE": "3"}, "environment NORNIR_PLAYBOOK_BATCH_SIZE", True),
    ("flags", {"batch_size": "4"}, "flag --batch-size", True),
]


@pytest.mark.parametrize("strongest", range(len(PLACES)))
def test_the_strongest_place_wins_and_is_named(tmp_path: Path, strongest: int) -> None:
    places: dict[str, Any] = {name: given for name, given, _, _ in PLACES[: strongest + 1]}
    found = settings(tmp_path, **places)
    _, _, origin, outranks = PLACES[strongest]
    assert found.options.batch_size == found.value("batch_size") == strongest + 1
    assert found.origin("batch_size") == origin.format(folder=tmp_path)
    assert found.outranks_playbook("batch_size") is outranks


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("batch_size", "25%", "25%"),
        ("batch_size", "1,5,25%", [1, 5, "25%"]),
        ("batch_size", "0", 0),
        ("host_keys", "accept-new", "accept-new"),
        ("connect_timeout", "2.5", 2.5),
        ("host_timeout", "300", 300.0),
        ("output_limit", "5000", 5000),
        ("format", "json", "json"),
        ("verbosity", "2", 2),
        ("inventory", "lab", Path("lab")),
        ("inventory_plugin", "YAMLInventory", "YAMLInventory"),
        ("output_dir", "~/out", Path("~/out").expanduser()),
    ],
)
def test_the_environment_and_flags_give_texts(tmp_path: Path, name: str, text: str, value: object) -> None:
    assert settings(tmp_path, environ={environment_name(name): text}).value(name) == value
    assert settings(tmp_path, flags={name: text}).value(name) == value


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert settings(tmp_path, environ={"NORNIR_PLAYBOOK_KNOWN_HOSTS": ""}).origin("known_hosts") == "default"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("batch_sise = 5", "1:1 unknown setting 'batch_sise' (did you mean 'batch_size'?)"),
        ("x = 1", "1:1 unknown setting 'x' (`config show` lists the settings)"),
        (
            "batch_size = '12.5%'",
            "1:1 batch_size: batch size '12.5%' is not a whole percentage of at least 1%; write a number of hosts such as 10, "
            "a whole percentage such as 25%, a list of both, or 0 for all hosts at once",
        ),
        ("# one\nconnect_timeout = 0", "2:1 connect_timeout is 0; expected seconds, a number above 0 and at most 86400"),
        ("connect_timeout = '20'", "1:1 connect_timeout is '20'; expected seconds, a number above 0 and at most 86400"),
        ("connect_timeout = true", "1:1 connect_timeout is True; expected seconds, a number above 0 and at most 86400"),
        ("command_timeout = inf", "1:1 command_timeout is inf; expected seconds, a number above 0 and at most 86400"),
        ("host_keys = 'Strict'", "1:1 host_keys is 'Strict'; expected one of strict, accept-new, ignore"),
        ("verbosity = 5", "1:1 verbosity is 5; expected a whole number from 0 to 4"),
        ("inventory = 5", "1:1 inventory is 5; expected a folder"),
        ("[inventory]\npath = 'x'\nplugn = 'y'", "3:1 unknown key 'plugn' in [inventory] (did you mean 'plugin'?)"),
        ("[inventory]\noptions = 1", "2:1 inventory.options is 1; expected a table"),
        ("inventory.plugin = ''", "1:1 inventory.plugin is ''; expected the name of a Nornir inventory plugin"),
        ("[shedules]\na = 1", "1:2 unknown setting 'shedules' (`config show` lists the settings)"),
    ],
)
def test_a_mistake_in_a_file_is_told_at_its_place(tmp_path: Path, text: str, message: str) -> None:
    [found] = problems(tmp_path, project=text)
    assert found == f"nornir-playbook.toml:{message}"


@pytest.mark.parametrize(("text", "line"), [("a = \nb = 2", 1), ("a = 'x", 1), ("[a]\nb = 1\n[a]\n", 3), ("a = 1\n\n[b", 3)])
def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    [found] = problems(tmp_path, project=text)
    assert found.startswith(f"nornir-playbook.toml:{line}:")
    assert "not TOML: " in found
    assert "(at " not in found


def test_all_mistakes_of_all_places_are_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        user="batch_sise = 1",
        project="verbosity = 'much'\nhost_key = 'strict'",
        environ={"NORNIR_PLAYBOOK_FORMAT": "yaml"},
        flags={"connect_timeout": "soon"},
    )
    assert found == [
        "user/config.toml:1:1 unknown setting 'batch_sise' (did you mean 'batch_size'?)",
        "nornir-playbook.toml:1:1 verbosity is 'much'; expected a whole number from 0 to 4",
        "nornir-playbook.toml:2:1 unknown setting 'host_key' (did you mean 'host_keys'?)",
        "NORNIR_PLAYBOOK_FORMAT is 'yaml'; expected one of text, json, ndjson",
        "--connect-timeout is 'soon'; expected seconds, a number above 0 and at most 86400",
    ]


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "nornir-playbook.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        load_settings(flags={}, environ={}, project=tmp_path)


def test_paths_of_a_file_begin_at_its_folder(tmp_path: Path) -> None:
    (tmp_path / "keys").touch()
    text = 'output_dir = "/abs"\nknown_hosts = "keys"\n[inventory]\npath = "lab"\noptions = {host_file = "h.yaml", url = "x"}\n'
    options = settings(tmp_path, project=text).options
    assert (options.inventory, options.known_hosts, options.output_dir) == (tmp_path / "lab", tmp_path / "keys", Path("/abs"))
    assert options.inventory_options == {"host_file": str(tmp_path / "h.yaml"), "url": "x"}


def test_the_projects_inventory_is_found_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "inventory").mkdir()
    here = Path("inventory")
    assert load_settings(flags={}, environ={}, project=tmp_path).options.inventory == (here if here.is_dir() else tmp_path / "inventory")
    assert load_settings(flags={}, environ={}, project=tmp_path / "none").options.inventory == here


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({"flags": {"known_hosts": "no/such"}}, "--known-hosts names no/such, which is not there or is no file"),
        (
            {"environ": {"NORNIR_PLAYBOOK_KNOWN_HOSTS": "/no/such"}},
            "NORNIR_PLAYBOOK_KNOWN_HOSTS names /no/such, which is not there or is no file",
        ),
        ({"project": "known_hosts = '/no/such'"}, "nornir-playbook.toml:1:1 known_hosts names /no/such, which is not there or is no file"),
    ],
    ids=["flag", "environment", "file"],
)
def test_f23_a_file_of_host_keys_that_was_named_must_exist(tmp_path: Path, place: dict[str, Any], message: str) -> None:
    assert problems(tmp_path, **place) == [message]


def test_unknown_variables_are_warned_about(tmp_path: Path) -> None:
    environ = {"NORNIR_PLAYBOOK_BATCHSIZE": "1", "_NORNIR_PLAYBOOK_COMPLETE": "x", "NORNIR_PLAYBOOK_COMPLETE": "x", "NORNIR_OTHER": "x"}
    [warning] = settings(tmp_path, environ=environ).warnings
    assert str(warning) == (
        "the environment variable NORNIR_PLAYBOOK_BATCHSIZE names no setting and is ignored (did you mean 'NORNIR_PLAYBOOK_BATCH_SIZE'?)"
    )


def test_an_unknown_name_is_an_error_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        Settings().value("batch_sise")
    assert str(caught.value) == "unknown setting 'batch_sise' (did you mean 'batch_size'?)"


@pytest.mark.parametrize("name", Options.model_fields)
def test_every_setting_says_what_it_is_and_what_it_expects(name: str) -> None:
    assert Options.model_fields[name].description
    assert expected(name) != "another value"
