"""Shows identical outputs once, with the hosts that gave them, the odd ones first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from runner.journal.record import JobRecord
from runner.journal.spool import Stored
from runner.reporters.escape import escape, one_line
from runner.reporters.line import Line, count
from runner.reporters.names import compressed


@dataclass(kw_only=True)
class Group:
    """Hosts that gave the same output, byte for byte; `sample` is where one copy of it is stored."""

    sample: Stored
    hosts: list[str] = field(default_factory=list)


def groups(record: JobRecord) -> dict[str, list[Group]]:
    """Command -> its groups, smallest first; commands and equally large groups in the order they came. Reads no output."""
    found: dict[str, dict[bytes, Group]] = {}
    for host in record.hosts.values():
        for task in host.tasks:
            for stored in task.results:
                group = found.setdefault(stored.command, {}).setdefault(stored.digest, Group(sample=stored))
                if host.name not in group.hosts[-1:]:
                    group.hosts.append(host.name)
    return {command: sorted(by_output.values(), key=lambda group: len(group.hosts)) for command, by_output in found.items()}


def grouped_lines(record: JobRecord) -> Iterator[Line]:
    """Lines for people, one output at a time: a heading per command, then each group's hosts and output, escaped."""
    first = True
    for command, its_groups in groups(record).items():
        if not first:
            yield ()
        first = False
        yield _heading(command, its_groups)
        for group in its_groups:
            if len(its_groups) > 1 or len(group.hosts) > 1:
                yield _hosts(group, its_groups)
            result = record.spool.read(group.sample)
            yield from _output(result["output"], truncated=bool(result.get("truncated")))


def _heading(command: str, its_groups: list[Group]) -> Line:
    names = {name for group in its_groups for name in group.hosts}
    same = "the same output" if len(names) > 1 else "output"
    what = same if len(its_groups) == 1 else f"{len(its_groups)} different outputs"
    whose = count(len(names), "host") if len(names) > 1 else one_line(min(names))
    return (("== ", "dim"), (escape(command).replace("\n", " ") or "(no command)", "strong"), (f": {what} from {whose}", ""))


def _hosts(group: Group, its_groups: list[Group]) -> Line:
    """Fewer hosts than the largest group: an outlier, and said so by its place and by the number."""
    outlier = len(group.hosts) < len(its_groups[-1].hosts)
    return (("-- ", "dim"), (count(len(group.hosts), "host"), "changed" if outlier else "ok"), (f": {compressed(group.hosts)}", "strong"))


def _output(output: str, *, truncated: bool) -> Iterator[Line]:
    text = escape(output).strip("\n")
    yield from (((line, ""),) for line in text.split("\n")) if text else [(("(empty output)", "dim"),)]
    if truncated:
        yield (("(the output was longer and has been cut)", "dim"),)
