"""Outputs wait on disk, privately, and cost no memory; a disk that refuses costs outputs, never the run."""

from __future__ import annotations

import resource
import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.contracts import CommandResult
from runner.journal.document import write_json
from runner.journal.spool import Spool
from runner.reporters.grouped import groups
from tests.journal.story import names, record_of, task, told


def test_what_was_stored_is_read_back(tmp_path: Path) -> None:
    spool = Spool(directory=str(tmp_path))
    results = (
        CommandResult(command="show version", output="one\n", duration_seconds=0.12345),
        CommandResult(command="show clock", output="Grüße \udce4\n", parsed={"a": (1, 2)}, item="x", truncated=True),
    )
    first, second = spool.append(results)
    assert spool.read(second) == {
        "command": "show clock",
        "output": "Grüße \udce4\n",
        "parsed": {"a": [1, 2]},
        "duration_seconds": 0.0,
        "item": "x",
        "truncated": True,
    }
    assert spool.read(first) == {"command": "show version", "output": "one\n", "parsed": None, "duration_seconds": 0.123}
    spool.close()


def test_equal_outputs_have_equal_digests() -> None:
    spool = Spool()
    one, same, other = (spool.append([CommandResult(output=text)])[0].digest for text in ("a", "a", "b"))
    assert one == same != other
    spool.close()


def test_nothing_of_the_spool_has_a_name_that_others_could_open(tmp_path: Path) -> None:
    spool = Spool(directory=str(tmp_path))
    spool.append([CommandResult(output="secret enough")])
    assert list(tmp_path.iterdir()) == []
    spool.close()


def _descriptors() -> set[Path]:
    return set(Path("/proc/self/fd").iterdir())


def test_a_closed_spool_gives_its_descriptor_back_and_says_that_outputs_are_gone(tmp_path: Path) -> None:
    before = _descriptors()
    spool = Spool(directory=str(tmp_path))
    (stored,) = spool.append([CommandResult(output="x")])
    spool.close()
    spool.close()
    assert _descriptors() == before
    with pytest.raises(RuntimeError, match="closed"):
        spool.read(stored)


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """Stands for a full disk: writing a file beyond `size` bytes fails with an OSError."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_costs_outputs_and_is_said_once() -> None:
    with record_of(names(1, 4)) as record:
        with _files_of_at_most(5000):
            told(
                record,
                [task("r1", output="a" * 2000), task("r2", output="b" * 4000), task("r3", output="c" * 4000), task("r4", output="d")],
            )
        read = [record.spool.read(record.hosts[name].tasks[0].results[0]) for name in names(1, 4)]
        assert [(len(result["output"]), result.get("truncated", False)) for result in read] == [
            (2000, False),
            (0, True),
            (0, True),
            (1, False),
        ]
        assert [warning.split(":")[0] for warning in record.warnings] == ["outputs are not kept"]


def test_a_folder_that_cannot_be_written_costs_outputs_only(tmp_path: Path) -> None:
    spool = Spool(directory=str(tmp_path / "missing"))
    (stored,) = spool.append([CommandResult(command="show version", output="x")])
    assert spool.read(stored)["truncated"] is True
    assert "No such file" in spool.trouble


class _Nowhere:
    """A stream that counts and forgets."""

    def __init__(self) -> None:
        self.characters = 0

    def write(self, text: str) -> int:
        self.characters += len(text)
        return len(text)


def test_f79_outputs_of_a_fleet_never_meet_in_memory() -> None:
    hosts, size = names(1, 200), 200_000
    sink = _Nowhere()
    tracemalloc.start()
    try:
        with record_of(hosts) as record:
            for number, host in enumerate(hosts):
                record.apply(task(host, output=f"{number % 3}" * size))
            assert [len(group.hosts) for group in groups(record)["show ip ospf neighbor"]] == [66, 67, 67]
            write_json(record, sink)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sink.characters > len(hosts) * size
    assert peak < 4_000_000
