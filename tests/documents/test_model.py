"""Where things stand."""

from __future__ import annotations

import pytest

from runner.documents.load import parse
from runner.documents.model import Document

SOURCE = """\
# comment
hosts:
  r1: {hostname: 192.0.2.1, groups: [core, ams]}
  r2:
    - one
    - two: 2
      three:
text: |
  first
quoted: "é x"
base: &base {port: 22}
again: *base
merged:
  <<: *base
"""

ROWS = [
    ((), False, "2:1"),
    ((), True, "2:1"),
    (("hosts",), False, "3:3"),
    (("hosts",), True, "2:1"),
    (("hosts", "r1"), False, "3:7"),
    (("hosts", "r1"), True, "3:3"),
    (("hosts", "r1", "groups", 1), False, "3:44"),
    (("hosts", "r1", "groups", 1), True, "3:44"),
    (("hosts", "r1", "groups", 5), False, "3:37"),
    (("hosts", "r1", "groups", 5), True, "3:37"),
    (("hosts", "r1", "absent"), False, "3:7"),
    (("hosts", "r1", "absent", "deeper"), True, "3:7"),
    (("hosts", "r1", 0), False, "3:7"),
    (("hosts", "r2", "x"), False, "5:5"),
    (("hosts", "r2", -1), False, "5:5"),
    (("hosts", "r2", 1, "two"), False, "6:12"),
    (("hosts", "r2", 1, "three"), True, "7:7"),
    (("text",), False, "8:7"),
    (("quoted",), False, "10:9"),
    (("again",), False, "12:8"),
    (("again", "port"), True, "11:14"),
    (("merged", "port"), False, "11:20"),
    (("absent",), False, "2:1"),
]


@pytest.mark.parametrize(("path", "key", "expected"), ROWS, ids=[f"{row[0]}{'-key' * row[1]}" for row in ROWS])
def test_where(path: tuple[str | int, ...], key: bool, expected: str) -> None:
    document = parse(SOURCE, file="f.yaml")
    where = document.where(path, key=key)
    assert str(where) == f"f.yaml:{expected}"
    assert where.text == SOURCE.splitlines()[where.line - 1]


def test_a_problem_stands_at_its_place() -> None:
    problem = parse("a:\n  b: 1\n", file="f.yaml").problem("is wrong", ("a", "b"), hint="mend it", key=True)
    assert str(problem) == "f.yaml:2:3 is wrong (mend it)"


def test_data_without_a_file_has_the_first_line() -> None:
    assert str(Document(file="given", data={"a": 1}).where(("a",))) == "given:1:1"
    assert str(parse("", file="f.yaml").where(("a", 1))) == "f.yaml:1:1"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"], ids=["lf", "crlf", "cr", "nel", "ls"])
def test_lines_are_counted_as_yaml_counts_them(end: str) -> None:
    where = parse(f"a: 1{end}b: 2{end}c: 3{end}", file="f").where(("c",))
    assert (where.line, where.column, where.text) == (3, 4, "c: 3")


def test_a_byte_order_mark_moves_no_column() -> None:
    where = parse(b"\xef\xbb\xbfa: 1\n", file="f").where(("a",))
    assert (where.column, where.text) == (4, "a: 1")


def test_ten_thousand_hosts() -> None:
    """Positions cost little: each of ten thousand hosts knows its lines."""
    source = "".join(f"r{n}:\n  hostname: 192.0.2.1\n  port: {n}\n  groups: [core]\n  data: {{site: ams}}\n" for n in range(10_000))
    document = parse(source, file="hosts.yaml")
    assert len(document.data) == 10_000
    assert document.data["r9999"] == {"hostname": "192.0.2.1", "port": 9999, "groups": ["core"], "data": {"site": "ams"}}
    assert str(document.where(("r9999", "port"))) == "hosts.yaml:49998:9"
    assert "source" not in repr(document) and "place" not in repr(document)


def test_repr_of_a_document_is_short_of_nothing_secret() -> None:
    assert "hunter2" not in str(parse("password: hunter2\n", file="f").where(("password",)))
