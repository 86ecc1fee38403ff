"""Files that are no good: every problem located, none of them a crash; and the odd ones that are fine."""

from __future__ import annotations

import codecs
import os
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.documents.compose import Composer, TooMuch
from runner.documents.load import load, parse, read, understand
from runner.documents.show import show_problem
from runner.documents.source import MAX_BYTES
from runner.documents.syntax import explain
from runner.errors import InputError

PIECES = [*"abc:-?[]{}&*!|>'\"%@`,# \n\t~", "\r\n", ": ", "- ", "  ", "<<: ", "*a", "&a ", "!x ", "---\n", "{{ a }}", "password: x\n"]


def problems(source: bytes | str) -> list[str]:
    """What is wrong with a source, as the user reads it."""
    with pytest.raises(InputError) as caught:
        parse(source, file="f.yaml")
    assert caught.value.exit_code == 3
    return [str(problem).removeprefix("f.yaml:") for problem in caught.value.problems]


FINE: list[tuple[str, bytes | str, Any]] = [
    ("empty", b"", None),
    ("comment", b"# nothing\n", None),
    ("document mark", b"---\na: 1\n", {"a": 1}),
    ("document end", b"---\na: 1\n...\n", {"a": 1}),
    ("mark alone", b"---\n", None),
    ("directive", b"%YAML 1.2\n---\na: 1\n", {"a": 1}),
    ("crlf", b"a: 1\r\nb:\r\n  - 2\r\n", {"a": 1, "b": [2]}),
    ("cr", b"a: 1\rb: 2\r", {"a": 1, "b": 2}),
    ("bom", codecs.BOM_UTF8 + "a: é\n".encode(), {"a": "é"}),
    ("bom in text", "\ufeffa: é\n", {"a": "é"}),
    ("utf-16 le", codecs.BOM_UTF16_LE + "a: é\n".encode("utf-16-le"), {"a": "é"}),
    ("utf-16 be", codecs.BOM_UTF16_BE + "a: é\n".encode("utf-16-be"), {"a": "é"}),
    ("astral", "a: 😀\n", {"a": "😀"}),
    ("tab inside a value", b"a: 1\t2\n", {"a": "1\t2"}),
    ("tab behind a value", b"a: x\t# comment\n", {"a": "x"}),
    ("escape in quotes", b'a: "\\x07\\e\\0"\n', {"a": "\x07\x1b\0"}),
    ("empty key", b"'': 1\n", {"": 1}),
    ("alias", b"a: &x [1]\nb: *x\n", {"a": [1], "b": [1]}),
    ("alias of a text", b"a: &x one\nb: *x\n*x : 3\n", {"a": "one", "b": "one", "one": 3}),
    ("anchor twice", b"a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
    ("merge", b"a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n", {"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}}),
    (
        "merge of several",
        b"a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y]}\n",
        {"a": {"p": 1}, "b": {"p": 2, "q": 2}, "c": {"p": 1, "q": 2}},
    ),
    ("merge key in quotes", b"'<<': 1\n", {"<<": 1}),
    ("as deep as allowed", b"[" * 64 + b"]" * 64, None),
]


@pytest.mark.parametrize(("source", "data"), [row[1:] for row in FINE], ids=[row[0] for row in FINE])
def test_f85_odd_but_fine(source: bytes | str, data: Any) -> None:
    found = parse(source, file="f.yaml").data
    if source[:1] != b"[":
        assert found == data


def test_what_an_alias_repeats_is_a_copy() -> None:
    data = parse("a: &x {p: [1]}\nb: *x\nc: {<<: *x}\n", file="f").data
    data["a"]["p"].append(2)
    assert data["b"] == {"p": [1]} and data["c"] == {"p": [1]}


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 9)
)  # 8 lines that stand for 9 ** 9 texts
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 100))
MERGES = "a0: &a0 {k0: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: *a{n - 1}}}\n" for n in range(1, 40))

BROKEN: list[tuple[str, bytes | str, list[str]]] = [
    ("f80 alias bomb", BOMB, ["7:"]),
    ("f80 alias bomb of long texts", f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 2000)}]\n", ["2:"]),
    ("f80 bomb of merges", MERGES, ["1"]),
    ("f81 python object", "a: !!python/object/apply:os.system [id]\n", ["1:4 tag '!!python/object/apply:os.system' is refused"]),
    ("f81 python name", "a: !!python/name:os.system\n", ["1:4 tag '!!python/name:os.system' is refused"]),
    (
        "f81 other tags",
        "a: !vault x\nb: !!binary aGk=\nc: !!timestamp 2024-01-01\nd: !x {e: 1}\n",
        ["1:4 tag", "2:4 tag", "3:4 tag", "4:4 tag"],
    ),
    ("f81 tag of another kind", "a: !!int x\nb: !!map [1]\nc: !!bool 3\n", ["1:4 tag '!!int'", "2:4 tag '!!map'", "3:4 tag '!!bool'"]),
    ("f81 set", "!!set {a, b}\n", ["1:1 tag '!!set'"]),
    ("f82 duplicate", "a: 1\nb: 2\na: 3\n", ["3:1 duplicate key 'a': line 3 repeats line 1"]),
    ("f82 duplicate inside", "x:\n  - {a: 1, a: 2}\n", ["2:12 duplicate key 'a': line 2 repeats line 2"]),
    ("f82 duplicate in another writing", "a: 1\n'a': 2\n\"\\x61\": 3\n", ["2:1 duplicate key 'a'", "3:1 duplicate key 'a'"]),
    ("f84 brackets", "[" * 20_000, ["1:65 lists and mappings are nested more than 64 deep"]),
    ("f84 closed brackets", "[" * 20_000 + "]" * 20_000, ["1:65 lists and mappings are nested more than 64 deep"]),
    ("f84 braces", "{a: " * 20_000, ["1:257 lists and mappings are nested more than 64 deep"]),
    ("f84 block", "".join(" " * n + "a:\n" for n in range(200)), ["65:65 lists and mappings are nested more than 64 deep"]),
    ("f84 dashes", "- " * 20_000 + "x", ["1:129 lists and mappings are nested more than 64 deep"]),
    ("f84 chain of aliases", CHAIN, ["64:"]),
    ("f84 self reference", "a: &a [*a]\n", ["1:8 alias '*a' stands inside the value it repeats"]),
    ("f84 self reference by merge", "a: &a\n  <<: *a\n", ["2:3 '<<' merges mappings, and this is none", "2:7 alias '*a' stands inside"]),
    ("f85 tab", "a:\n\tb: 1\n", ["2:1 a tab indents this line (indent with spaces only)"]),
    ("f85 tab after spaces", "a:\n  \tb: 1\n", ["2:3 a tab indents this line (indent with spaces only)"]),
    ("f85 two documents", "a: 1\n---\nb: 2\n", ["2:1 a second document begins here"]),
    ("f85 utf-32", codecs.BOM_UTF32_LE + "a: 1\n".encode("utf-32-le"), ["1:1 the file is encoded in UTF-32 (save it as UTF-8)"]),
    ("f85 utf-16 without mark", "a: 1\n".encode("utf-16-le"), ["1:2 control character U+0000 is not allowed"]),
    ("f85 cut utf-16", codecs.BOM_UTF16_LE + b"a", ["1:1 the file begins as UTF-16 but is not"]),
    ("f85 latin-1", "a: 1\nb: é\n".encode("latin-1"), ["2:4 byte 0xe9 is not UTF-8 (save the file as UTF-8)"]),
    ("f85 cut utf-8", "a: é".encode()[:-1], ["1:4 byte 0xc3 is not UTF-8"]),
    ("f85 nul", b"a: 1\nb: \0\n", ["2:4 control character U+0000 is not allowed"]),
    ("f85 bell", b"a: \x07\n", ["1:4 control character U+0007 is not allowed"]),
    ("f85 escape", b"a: \x1b[2J\n", ["1:4 control character U+001B is not allowed"]),
    ("surrogate", "a: \ud800\n", ["1:4 control character U+D800 is not allowed"]),
    ("program", b"\x7fELF\x02\x01\x01\0", ["1:1 control character U+007F is not allowed"]),
    ("number as key", "a: 1\n10: x\n1.5: y\n", ["2:1 key '10' is a number, but a key must be text", "3:1 key '1.5' is a number"]),
    ("other keys", "true: 1\n~: 2\n", ["1:1 key 'true' is a truth value", "2:1 key '~' is nothing"]),
    ("list as key", "? [a]\n: b\n", ["1:3 a key must be text, not a list or a mapping"]),
    ("mapping as key", "{a: 1}: b\n", ["1:1 a key must be text, not a list or a mapping"]),
    ("template", "a: {{ x }}\n", ["1:4 '{{' begins a mapping here, because the value is not in quotes"]),
    ("template in a list", "- {{ x }}/y\n", ["1:3 '{{' begins a mapping here"]),
    ("statement", "a: {% if x %}y{% endif %}\n", ["1:4 '{%' begins a mapping here"]),
    ("template as key", "{{ x }}: 1\n", ["1:1 '{{' begins a mapping here"]),
    ("unknown alias", "a: *b\n", ["1:4 alias '*b' repeats an anchor that does not exist"]),
    ("several at once", "a: !x 1\na: 2\n10: 3\nb: *c\n", ["1:4 tag", "2:1 duplicate", "3:1 key '10'", "4:4 alias"]),
    ("problems before broken syntax", "a: !x 1\nb: [1\nc: 2\n", ["1:4 tag", "2:4 a list in [ ] is not closed"]),
    ("quote", 'a: "x\nb: 1\n', ["1:4 a text in quotes is not closed"]),
    ("colon", "a: b: c\n", ["1:5 a ':' stands where no key can be"]),
    ("dash", "a: - b\n", ["1:4 a list cannot begin on the line of its key"]),
    ("list then key", "- a\nb: 1\n", ["2:1 a list ends here and something else begins"]),
    ("brace", "a: {b: 1\n", ["1:4 a mapping in { } is not closed"]),
    ("stray brace", "a: }\n", ["1:4 a value is missing here"]),
    ("backslash", 'a: "\\d"\n', ["1:5 unknown escape in a text in double quotes"]),
    ("at", "a: @b\n", ["1:4 this character has a meaning of its own"]),
    ("star", "a: *\n", ["1:5 '&' or '*' has a meaning of its own"]),
    ("version", "%YAML 3.0\n---\na: 1\n", ["1:1 this version of YAML is not known"]),
]


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_broken(source: bytes | str, expected: list[str]) -> None:
    found = problems(source)
    assert len(found) == len(expected), found
    for one, begin in zip(found, expected, strict=True):
        assert one.startswith(begin), found


def test_reading_goes_on_beside_problems(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: !x 1\nb: 2\nb: 3\n10: 4\n")
    document, found = read(path, shown="x.yaml")
    assert document is not None and document.data == {"a": None, "b": 2, "10": 4}
    assert len(found) == 3


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    rows = {
        tmp_path / "missing.yaml": "there is no file 'shown'",
        tmp_path / "missing" / "x.yaml": "there is no file 'shown'",
        folder: "'shown' is a folder",
        pipe: "'shown' is not a regular file",
        Path("/dev/null"): "'shown' is not a regular file",
        tmp_path / "a\0b": "'shown' cannot be read",
        tmp_path / ("x" * 5000): "'shown' cannot be read",
    }
    for path, message in rows.items():
        with pytest.raises(InputError) as caught:
            load(path, shown="shown")
        assert str(caught.value).startswith(message), path


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        load(path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="larger than 50 MB"):
        load(path, shown="x.yaml")


def test_the_path_is_the_name_when_no_other_is_given(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n")
    assert load(path).file == str(path)
    assert load(path, shown="x.yaml").where(("a",)).file == "x.yaml"


BOTH = [row[:2] for row in (*FINE, *BROKEN) if row[0] not in ("tab inside a value", "tab behind a value")]  # libyaml is kinder to tabs


@pytest.mark.parametrize("source", [row[1] for row in BOTH], ids=[row[0] for row in BOTH])
def test_without_the_c_library_the_result_is_the_same(source: bytes | str) -> None:
    """Where PyYAML was built without libyaml. Its parser words some errors differently, so only data and limits are compared."""
    text = source if isinstance(source, str) else source.decode("utf-8", "ignore")
    found = []
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        composer = Composer(loader=loader)
        try:
            data = composer.compose(text.removeprefix("\ufeff"))[0]
        except (yaml.YAMLError, TooMuch, UnicodeError) as error:
            data = "no YAML" if isinstance(error, yaml.YAMLError | UnicodeError) else str(error)
        found.append((data, [(problem.message, problem.where) for problem in composer.problems]))
    assert found[0] == found[1]


@pytest.mark.parametrize("row", [row for row in BROKEN if isinstance(row[1], str) and "surrogate" not in row[0]], ids=lambda row: row[0])
def test_errors_of_the_python_parser_are_explained_too(row: tuple[str, str, list[str]]) -> None:
    try:
        Composer(loader=yaml.SafeLoader).compose(row[1])
    except yaml.YAMLError as error:
        found = explain(error, row[1].split("\n"))
        assert found.message and "\n" not in found.message
    except TooMuch as error:
        assert error.found.message


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_whatever_a_file_holds_it_is_data_or_problems(text: str) -> None:
    document, found = understand(text, file="f.yaml")
    assert document is not None or found
    for problem in found:
        assert problem.where is not None and show_problem(problem)


def test_f84_many_texts_of_two_lines_take_no_time() -> None:
    """Each of them is looked at for a list entry that it swallowed; with all lines split for each this took minutes."""
    before = time.process_time()
    document = parse("".join(f"- a{number} - b\n  c\n" for number in range(20_000)), file="x.yaml")
    assert len(document.data) == 20_000 and time.process_time() - before < 20
