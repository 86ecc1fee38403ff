"""What differs between two outputs without meaning anything: clocks, ages, counters, as a table of expressions by family of platforms."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from runner.errors import InputError
from runner.platforms import known_platforms, platform_of

_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"(?<![\w:])\d{1,3}:\d\d:\d\d(?:\.\d{1,6})?(?![\w:])"

MASKED: dict[str, tuple[tuple[str, str], ...]] = {
    "every platform": (
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?", "<time>"),
        (rf"[*.]?{_CLOCK} \w{{2,5}} {_DAY} {_MONTH} +\d{{1,2}} \d{{4}}", "<time>"),
        (rf"{_DAY} {_MONTH} +\d{{1,2}},? (?:\d{{4}},? )?{_CLOCK}(?: [A-Z]{{2,5}})?(?: \d{{4}})?", "<time>"),
        (_CLOCK, "<time>"),
        (r"\b(?:\d+y\d+w|\d+w\d+d|\d+d\d+h|\d+h\d+m|\d+m\d+s)\b", "<time>"),
        (r"\b\d+ (?:year|week|day|hour|minute|second)s?(?:,? (?:and )?\d+ (?:year|week|day|hour|minute|second|sec|min)s?)+", "<time>"),
        (r"\b\d+ (?:year|week|day|hour|minute|min|second|sec)s? ago\b", "<time> ago"),
        (r"(?i)\b(uptime(?: is)?:?) .*", r"\1 <time>"),
        (r"\btime=[\d.]+ ms", "time=<time>"),
        (r"(\bmin/avg/max(?:/\w+)? =) [\d./]+", r"\1 <time>"),
    ),
    "cisco and arista": (
        (r"\b\d+ packets (input|output)(?:, \d+ bytes)?", r"<count> packets \1"),
        (r"\b\d+ (input|output) packets +\d+ bytes", r"<count> \1 packets"),
        (r"\b(input|output) rate [\d.]+ (\w+)(?:/sec)?.*", r"\1 rate <count>"),
        (r"\b(?:(Received|Output|Sent)|\d+ unicast packets) +\d+ (?:broadcast|multicast).*", r"\1 <count> broadcasts"),
        (r"\b(CPU utilization for five seconds|Load for five secs):.*", r"\1: <count>"),
        (r"\bTime source is .*", "Time source is <time>"),
        (r"\b(Used|Free)( memory)?: +\d+", r"\1\2: <count>"),
        (r"\btable version (is )?\d+", "table version <count>"),
        (r"^(\*?\s*\S+\s+4\s+\d+)\s+\d+\s+\d+(?:\s+\d+){2,3}\s+(?:<\w+>|never|\S+)(?=\s)", r"\1 <count> <time>"),  # BGP's summary
        (r"^(Internet\s+\S+\s+)\d+(\s+[0-9a-f.]{14})", r"\1<time>\2"),  # ARP
        (r"^(\s*\S*\s+\S+ \d[\d/.]*\s+)\d{1,3}(\s+[RTBSHIrPDCMs](?: [RTBSHIrPDCMs]){0,8}\s)", r"\1<time>\2"),  # CDP's hold time
        (r"(?i)\b(hold ?time ?:?) *\d+ sec", r"\1 <time>"),
    ),
    "juniper": (
        (r"\b((?:Input|Output) +(?:rate|bytes|packets) *:).*", r"\1 <count>"),
        (r"\b(Current time|System booted|Protocols started|Last configured|Last flapped) *:.*", r"\1: <time>"),
    ),
    "linux": (
        (r"\bup .*load average:.*", "up <time>"),
        (r"\bload average:.*", "load average: <count>"),
        (r"\b([RT]X) packets:? ?\d+.*", r"\1 packets <count>"),
    ),
}
"""Expression and what is put in its place, tried one after the other on every line. Counters of errors are not among them."""

_LONGEST = 1000
"""Characters of the longest line that is masked: some expressions take the square of its length."""

Mask = Callable[[str], str | None]
"""A line as it is compared; None for one that is not."""


def masking(ignored: Sequence[str] = (), *, exact: bool = False) -> Mask:
    """How lines are compared.

    Arguments:
        ignored: expressions; a line in which one is found is not compared.
        exact: mask nothing.

    Raises:
        InputError: an expression is wrong.
    """
    left_out = [_compiled(text) for text in ignored]
    if exact and not left_out:
        return lambda line: line

    @lru_cache(maxsize=20_000)
    def mask(line: str) -> str | None:
        if any(each.search(line) for each in left_out):
            return None
        return line if exact else _masked(line)

    return mask


def _masked(line: str) -> str | None:
    if len(line) > _LONGEST:
        return line
    if any(each.match(line.strip()) for each in _whole_lines()):
        return None
    for pattern, instead in _table():
        line = pattern.sub(instead, line)
    return line.rstrip()


@cache
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), instead) for rows in MASKED.values() for pattern, instead in rows)


@cache
def _whole_lines() -> tuple[re.Pattern[str], ...]:
    """Lines of configurations that no platform means anything by."""
    configs = [platform_of(name).config for name in known_platforms()]
    return tuple(re.compile(pattern) for pattern in dict.fromkeys(each for config in configs if config for each in config.volatile))


def _compiled(text: str) -> re.Pattern[str]:
    from runner.settled_sets import settled

    try:
        return re.compile(settled(text))
    except re.error as error:
        raise InputError(f"--ignore: '{text}' is no regular expression: {error}") from None
