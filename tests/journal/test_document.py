"""The JSON document: the promised fields, valid whatever devices and parsers gave, in any encoding."""

from __future__ import annotations

import dataclasses
import io
import ipaddress
import json
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pydantic import BaseModel

from runner.contracts import CommandResult
from runner.journal.document import write_json
from runner.journal.jsonable import DEEPEST, jsonable
from runner.journal.record import JobRecord
from runner.secret import Secret
from runner.states import JobStatus
from tests.journal.story import (
    BATCHES,
    audit,
    batch_started,
    handler_failed,
    host_finished,
    names,
    record_of,
    run_finished,
    run_started,
    task,
    told,
)


def document_of(record: JobRecord) -> Any:
    stream = io.StringIO()
    write_json(record, stream)
    return json.loads(stream.getvalue(), parse_constant=_not_json, object_pairs_hook=_no_twins)


def _not_json(name: str) -> NoReturn:
    raise AssertionError(f"{name} is not JSON")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs), "a key stands twice"
    return dict(pairs)


@pytest.fixture(scope="module")
def document() -> Any:
    with record_of(*BATCHES) as record:
        return document_of(told(record, audit()))


def test_s6_the_job_has_exactly_these_names(document: Any) -> None:
    promised = {"id", "status", "total_devices", "batch_size", "current_batch", "total_batches", "batches", "results"}
    ours = {"recap", "exit_code", "playbook", "start_time", "end_time", "duration_seconds", "handler_errors"}
    more = {"reason", "max_sessions", "not_started", "warnings"}
    assert set(document) == promised | ours | more
    assert (document["id"], document["status"], document["total_devices"]) == ("j1", "completed", 25)
    assert (document["batch_size"], document["current_batch"], document["total_batches"]) == (10, 3, 3)
    assert (document["exit_code"], document["duration_seconds"]) == (4, 4.1)
    assert document["start_time"] == "2026-03-01T12:00:00.000+00:00"


def test_s7_a_batch_has_exactly_these_names(document: Any) -> None:
    assert [len(batch["device_ids"]) for batch in document["batches"]] == [10, 10, 5]
    promised = {"batch_number", "device_ids", "status", "start_time", "end_time", "duration_seconds"}
    assert all(set(batch) == promised | {"play", "batch_size", "counts"} for batch in document["batches"])
    assert document["batches"][0]["counts"] == {"ok": 9, "unreachable": 1}


def test_results_map_hosts_to_what_they_came_to(document: Any) -> None:
    assert list(document["results"]) == list(names(1, 25))
    assert document["results"]["r11"] == {
        "status": "ok",
        "batch_number": 2,
        "reason": "",
        "duration_seconds": 1.5,
        "tasks": [
            {
                "name": "Neighbours",
                "action": "commands",
                "status": "ok",
                "changed": False,
                "play": "Audit",
                "batch_number": 2,
                "duration_seconds": 0.3,
                "results": [{"command": "show ip ospf neighbor", "output": "output of r11\n", "parsed": None, "duration_seconds": 0.25}],
            }
        ],
    }
    lost = document["results"]["r7"]
    assert (lost["status"], lost["phase"], lost["hint"][:6], lost["tasks"]) == ("unreachable", "tcp", "is SSH", [])
    assert document["recap"]["r7"] == {"ok": 0, "changed": 0, "unreachable": 1, "failed": 0, "skipped": 0, "rescued": 0, "ignored": 0}


def test_every_host_and_batch_is_one_line() -> None:
    with record_of(*BATCHES) as record:
        stream = io.StringIO()
        write_json(told(record, audit()), stream)
    lines = stream.getvalue().splitlines()
    assert sum(line.startswith('"r7": ') for line in lines) == 2  # recap and results
    assert sum(line.startswith('{"batch_number"') for line in lines) == 3


def test_optional_fields_appear_when_they_say_something() -> None:
    with record_of(("r1",)) as record:
        result = CommandResult(command="show log", output="x", item={"n": 1}, truncated=True)
        failed = task("r1", "failed", ignored=True, reason="why", hint="how", results=(result,))
        told(record, [failed, host_finished("r1", close_confirmed=False), handler_failed("r1", hint="chmod")])
        document = document_of(record)
    entry = document["results"]["r1"]
    assert entry["close_confirmed"] is False
    assert {"ignored": True, "reason": "why", "hint": "how"}.items() <= entry["tasks"][0].items()
    assert {"item": {"n": 1}, "truncated": True}.items() <= entry["tasks"][0]["results"][0].items()
    assert document["handler_errors"][0]["hint"] == "chmod"


def test_a_job_that_was_stopped_before_it_began_is_a_document_too() -> None:
    record = told(record_of(names(1, 2)), [run_finished(7, status=JobStatus.STOPPED)])
    document = document_of(record)
    assert (document["status"], document["batches"][0]["status"], document["batches"][0]["start_time"]) == ("stopped", "pending", None)
    assert document["results"]["r1"] == {"status": "pending", "batch_number": 1, "reason": "", "duration_seconds": 0, "tasks": []}


def test_a_job_without_hosts_is_a_document_too() -> None:
    document = document_of(told(JobRecord(), [run_started(0, 0, size=[1, "25%"]), run_finished()]))
    assert (document["batches"], document["results"], document["recap"], document["batch_size"]) == ([], {}, {}, [1, "25%"])


ODD_OUTPUTS = [
    pytest.param("Gr\u00fc\u00dfe \u65e5\u672c \U0001f600", "Gr\u00fc\u00dfe \u65e5\u672c \U0001f600", id="unicode"),
    pytest.param("latin \udce4\udcf6", "latin \ufffd\ufffd", id="F79b: bytes that are not UTF-8"),
    pytest.param("half \ud83d", "half \ufffd", id="lone surrogate"),
    pytest.param('\x00\x1b]0;x\x07"\\\r\n\u2028', '\x00\x1b]0;x\x07"\\\r\n\u2028', id="F70: controls and quotes"),
    pytest.param("{{ 7*7 }}", "{{ 7*7 }}", id="F72: a template stays text"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "unknown-8"])
@pytest.mark.parametrize(("output", "read"), ODD_OUTPUTS)
def test_the_document_is_valid_json_in_any_encoding(output: str, read: str, encoding: str) -> None:
    stream = io.StringIO()
    with record_of(("r1",)) as record:
        told(record, [batch_started(1, 1, ("r1",)), task("r1", output=output)])
        write_json(record, _Encoded(encoding, stream))
    text = stream.getvalue()
    text.encode("utf-8" if encoding == "utf-8" else "ascii")
    assert json.loads(text)["results"]["r1"]["tasks"][0]["results"][0]["output"] == read


class _Encoded:
    """A stream that says which encoding it has."""

    def __init__(self, encoding: str, below: io.StringIO) -> None:
        self.encoding = encoding
        self._below = below

    def write(self, text: str) -> int:
        return self._below.write(text)


class _Colour(Enum):
    RED = "red"


@dataclasses.dataclass
class _Neighbour:
    name: str
    password: Secret


class _Model(BaseModel):
    value: int


class _Rude:
    def __str__(self) -> str:
        raise ValueError("no")


class _RudeList(list[int]):
    def __iter__(self) -> NoReturn:
        raise OSError("not today")

    def __str__(self) -> NoReturn:
        raise OSError("nor this")


def _nested(levels: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(levels):
        inner = [inner]
    return inner


def _circle() -> list[Any]:
    circle: list[Any] = [1]
    circle.append(circle)
    return circle


PARSED = [
    pytest.param({"a": [1, 2.5, True, None, "x"]}, {"a": [1, 2.5, True, None, "x"]}, id="plain"),
    pytest.param([float("nan"), float("inf"), -float("inf")], [None, None, None], id="not a number"),
    pytest.param(b"bytes \xe4", "bytes \udce4", id="bytes"),
    pytest.param((1, (2,)), [1, [2]], id="tuples"),
    pytest.param({3, 1, 2}, [1, 2, 3], id="a set is sorted"),
    pytest.param({7: "a", None: "b", True: "c", 2.5: "d"}, {"7": "a", "null": "b", "true": "c", "2.5": "d"}, id="keys"),
    pytest.param(datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00", id="time"),
    pytest.param(_Colour.RED, "red", id="enum"),
    pytest.param(Path("a/b"), "a/b", id="path"),
    pytest.param(ipaddress.ip_address("10.0.0.1"), "10.0.0.1", id="address"),
    pytest.param(_Neighbour("r1", Secret("hidden")), {"name": "r1", "password": "******"}, id="F60: dataclass with a secret"),
    pytest.param(Secret("hidden"), "******", id="F60: secret"),
    pytest.param(_Model(value=1), {"value": 1}, id="pydantic model"),
    pytest.param(_Rude(), "<_Rude>", id="an object that cannot be shown"),
    pytest.param(_RudeList([1]), "<_RudeList>", id="a list that cannot be read"),
    pytest.param(int, "<class 'int'>", id="a class"),
    pytest.param(10**5000, hex(10**5000), id="a number too long for decimals"),
]


@pytest.mark.parametrize(("value", "expected"), PARSED)
def test_any_parsed_value_becomes_json(value: Any, expected: Any) -> None:
    result = jsonable(value, str)
    assert result == expected
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize("value", [pytest.param(_nested(5000), id="deep"), pytest.param(_circle(), id="circle")])
def test_nesting_ends_somewhere(value: Any) -> None:
    text = json.dumps(jsonable(value, str))
    assert "..." in text
    assert text.count("[") <= DEEPEST


def test_f64_secrets_in_parsed_values_are_masked_keys_included() -> None:
    def mask(text: str) -> str:
        return text.replace("hunter2hunter2", "******")

    with record_of(("r1",), redact=mask) as record:
        result = CommandResult(output="hunter2hunter2", parsed={"hunter2hunter2": ["hunter2hunter2"]}, item="hunter2hunter2")
        told(record, [task("r1", results=(result,))])
        stream = io.StringIO()
        write_json(record, stream)
    assert "hunter2" not in stream.getvalue()
    assert stream.getvalue().count("******") == 4


def test_keys_that_are_one_in_json_lose_nothing() -> None:
    assert jsonable({10: "a", "10": "b", "x": {True: 1, "true": 2}}, str) == {"10": "a", "10 (2)": "b", "x": {"true": 1, "true (2)": 2}}
    assert jsonable({"alpha": 1, "beta": 2, "* (2)": 3}, lambda text: "*" if text.isalpha() else text) == {
        "*": 1,
        "* (2)": 2,
        "* (2) (2)": 3,
    }
