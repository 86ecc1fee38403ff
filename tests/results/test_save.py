"""What `save` writes, and where it refuses to."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from runner.errors import RunnerError
from runner.results.save import Save, SaveArguments
from tests.results.fakes import Context


def save(value: Any, folder: Path, output: str = "output\n", **context: Any) -> None:
    Save().handle(SaveArguments.model_validate(value), Context(output=output, output_dir=folder, **context))


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    "value", ["a/b/c.txt", {"path": "a/b/c.txt"}, {"path": "a/b/c.txt", "append": True}], ids=["text", "mapping", "append"]
)
def test_makes_private_folders_and_files(tmp_path: Path, value: Any) -> None:
    folder = tmp_path / "new" / "out"
    save(value, folder)
    assert files(folder) == ["a/b/c.txt"]
    assert (folder / "a/b/c.txt").read_text() == "output\n"
    assert [mode(folder), mode(folder / "a"), mode(folder / "a/b")] == [0o700] * 3
    assert mode(folder / "a/b/c.txt") == 0o600


def test_replaces_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a much longer text than the new one")
    save("x", tmp_path, "new")
    assert (tmp_path / "x").read_text() == "new"
    assert files(tmp_path) == ["x"]


def test_a_number_can_be_a_name(tmp_path: Path) -> None:
    save({"path": 65001}, tmp_path)
    save(7, tmp_path)
    assert files(tmp_path) == ["65001", "7"]


@pytest.mark.parametrize(
    ("blocks", "content"),
    [
        pytest.param(["one", "two", "three"], "one\ntwo\nthree", id="a newline between"),
        pytest.param(["one\n", "two\n"], "one\ntwo\n", id="no second newline"),
        pytest.param(["one", "", "two"], "one\ntwo", id="an empty one"),
        pytest.param(["", "one"], "one", id="nothing before the first"),
    ],
)
def test_append_adds_block_after_block(tmp_path: Path, blocks: list[str], content: str) -> None:
    for block in blocks:
        save({"path": "x", "append": True}, tmp_path, block)
    assert (tmp_path / "x").read_text() == content


def test_append_keeps_what_an_earlier_run_left(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("earlier")
    save({"path": "x", "append": True}, tmp_path, "now")
    assert (tmp_path / "x").read_text() == "earlier\nnow"


@pytest.mark.parametrize("append", [False, True], ids=["replace", "append"])
def test_f79b_bytes_of_the_device_are_written_as_they_came(tmp_path: Path, append: bool) -> None:
    sent = b"caf\xe9 \xff\xfe\x00\x1b[2J \xc3\xbc\r\n" + bytes(range(256))
    save({"path": "x", "append": append}, tmp_path, sent.decode("utf-8", "surrogateescape"))
    assert (tmp_path / "x").read_bytes() == sent


def test_f72_output_is_never_rendered(tmp_path: Path) -> None:
    save("x", tmp_path, "{{ 7*7 }}")
    assert (tmp_path / "x").read_text() == "{{ 7*7 }}"


@pytest.mark.parametrize(
    ("value", "content"),
    [
        pytest.param({"path": "x", "format": "json"}, '[\n  {\n    "id": "ü"\n  }\n]\n', id="parsed as JSON"),
        pytest.param({"path": "x", "content": "r1,2"}, "r1,2", id="text"),
        pytest.param({"path": "x", "content": ["a"]}, '[\n  "a"\n]\n', id="value"),
        pytest.param({"path": "x", "content": 2}, "2\n", id="number"),
        pytest.param({"path": "x", "content": "a", "format": "json"}, '"a"\n', id="text as JSON"),
    ],
)
def test_what_is_written_can_be_chosen(tmp_path: Path, value: Any, content: str) -> None:
    save(value, tmp_path, parsed=[{"id": "ü"}])
    assert (tmp_path / "x").read_text() == content


def test_f79b_json_of_undecodable_bytes_is_valid(tmp_path: Path) -> None:
    save({"path": "x", "format": "json"}, tmp_path, parsed=["ü\udcff"])
    assert json.loads((tmp_path / "x").read_bytes()) == ["ü\udcff"]


def test_json_needs_something_parsed(tmp_path: Path) -> None:
    with pytest.raises(RunnerError, match="nothing was parsed from 'show version'"):
        save({"path": "x", "format": "json"}, tmp_path)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "value",
    ["../x", "/etc/x", "", {}, {"path": "x", "mode": "0644"}, {"path": "x", "format": "xml"}, True, ["x"]],
    ids=["parent", "absolute", "empty", "no path", "unknown key", "unknown format", "bool", "list"],
)
def test_f75_wrong_arguments_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        SaveArguments.model_validate(value)


def test_f75_odd_host_names_stay_inside(tmp_path: Path) -> None:
    for name in ("-rf", "CON", "a\nb", ".git", "x "):
        save(f"out/{name}", tmp_path)
    assert files(tmp_path) == ["out/%2Drf", "out/%2Egit", "out/%43ON", "out/a%0Ab", "out/x%20"]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that must not change."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "x").write_text("untouched")
    return folder


@pytest.mark.parametrize("append", [False, True], ids=["replace", "append"])
@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        pytest.param("a", "outside", "a/x", id="folder"),
        pytest.param("deep/a", "outside", "deep/a/x", id="folder below a folder"),
        pytest.param("x", "outside/x", "x", id="file"),
        pytest.param("x", "outside/new", "x", id="dangling file"),
        pytest.param("a", "outside/nothing", "a/x", id="dangling folder"),
        pytest.param("a", "out/inside", "a/x", id="folder inside the output folder"),
    ],
)
def test_f76_no_link_below_the_output_folder_is_followed(
    tmp_path: Path, outside: Path, link: str, target: str, path: str, append: bool
) -> None:
    folder = tmp_path / "out"
    (folder / "deep").mkdir(parents=True)
    (folder / "inside").mkdir()
    (folder / link).symlink_to(tmp_path / target)
    with pytest.raises(RunnerError, match=f"'{link}' is a symbolic link") as caught:
        save({"path": path, "append": append}, folder)
    assert caught.value.hint
    assert files(outside) == ["x"]
    assert (outside / "x").read_text() == "untouched"
    assert files(folder / "inside") == []
    assert (folder / link).is_symlink()


def test_f76_the_output_folder_itself_may_be_a_link(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "link").symlink_to(outside)
    save("y", tmp_path / "link")
    assert files(outside) == ["x", "y"]


@pytest.mark.parametrize("append", [False, True], ids=["replace", "append"])
def test_what_is_no_file_or_no_folder_is_named(tmp_path: Path, append: bool) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RunnerError, match="'folder' exists and is a folder"):
        save({"path": "folder", "append": append}, tmp_path)
    with pytest.raises(RunnerError, match="'file' is not a folder"):
        save({"path": "file/x", "append": append}, tmp_path)
    with pytest.raises(RunnerError, match="'pipe' exists and is not a regular file"):
        save({"path": "pipe", "append": append}, tmp_path)
    assert files(tmp_path) == ["file", "pipe"]


def test_an_output_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunnerError, match="'x' could not be written: "):
        save("x", tmp_path / "file")


@pytest.mark.parametrize("append", [False, True], ids=["replace", "append"])
def test_text_that_is_no_text_is_told(tmp_path: Path, append: bool) -> None:
    with pytest.raises(RunnerError, match="cannot be written as UTF-8"):
        save({"path": "x", "append": append}, tmp_path, "\ud800")
    assert files(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts what /proc lists")
def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    before = set(Path("/proc/self/fd").iterdir())
    for append in (False, True):
        save({"path": "a/b/x", "append": append}, tmp_path)
        with pytest.raises(RunnerError):
            save({"path": "link/x", "append": append}, tmp_path)
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_a_file_that_holds_another_result_of_the_run_is_not_replaced(tmp_path: Path) -> None:
    context = Context(output="first", output_dir=tmp_path)
    Save().handle(SaveArguments(path="a/b.txt"), context)
    context.output = "second"
    with pytest.raises(RunnerError, match="taken"):
        Save().handle(SaveArguments(path="a/b.txt"), context)
    assert (tmp_path / "a" / "b.txt").read_text() == "first"
    Save().handle(SaveArguments(path="a/b.txt", append=True), context)
    assert (tmp_path / "a" / "b.txt").read_text() == "first\nsecond"
