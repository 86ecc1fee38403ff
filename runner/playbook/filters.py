"""The filters and tests of templates: Jinja2's own without those for HTML, and a few that people know from Ansible."""

from __future__ import annotations

import functools
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import Environment, pass_environment
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.runtime import Undefined

from runner.playbook.guard import check_all
from runner.playbook.limits import (
    MAX_TEXT,
    Meter,
    bounded,
    check_count,
    check_format,
    check_lines,
    check_replace,
    check_text,
    measure,
)
from runner.settled_sets import settled

_Function = Callable[..., Any]
_LEFT_OUT = "e escape filesizeformat forceescape pprint random safe striptags tojson urlize xmlattr"  # for HTML, or not the same twice
_SIZED = frozenset({"batch", "center", "round", "slice", "to_json", "to_nice_json", "tojson"})  # their numbers are sizes
_MAX_SLUG = 100


def filters(meter: Meter) -> dict[str, _Function]:
    """All filters by name, each counted by the meter."""
    ours: dict[str, _Function] = {
        "format": _format,
        "from_json": _from_json,
        "groupby": _groupby,
        "indent": _indent,
        "join": _join,
        "list": _list,
        "regex_replace": regex_replace,
        "regex_search": regex_search,
        "replace": _replace,
        "slug": slug,
        "string": _string,
        "sum": _sum,
        "to_json": _to_json,
        "to_nice_json": _to_nice_json,
        "tojson": _to_json,
        "wordwrap": _wordwrap,
    }
    jinjas = {name: function for name, function in FILTERS.items() if name not in _LEFT_OUT.split()}
    return {name: _counted(name, function, meter) for name, function in {**jinjas, **ours}.items()}


def tests(meter: Meter) -> dict[str, _Function]:
    """Our tests by name, each counted by the meter."""
    own: dict[str, _Function] = {"match": match, "search": search, "regex": regex, **_OUTCOMES}
    return {name: _counted(name, function, meter) for name, function in own.items()}


def _counted(name: str, function: _Function, meter: Meter) -> _Function:
    """The function with its sizes checked and its work and result counted."""
    skip = 1 if hasattr(function, "jinja_pass_arg") else 0

    @functools.wraps(function)
    def counted(*args: Any, **kwargs: Any) -> Any:
        for each in args[skip:]:
            meter.spend(1 + (len(each) // 100 if isinstance(each, str) else len(each) if isinstance(each, list) else 0))
        if name in _SIZED:
            for each in (*args[skip + 1 :], *kwargs.values()):
                check_count(each)
        return meter.made(function(*args, **kwargs))

    return counted


def _outcome(key: str, expected: bool) -> _Function:
    def test(result: Any) -> bool:
        if not isinstance(result, Mapping) or key not in result:
            raise ValueError("is for what `register` gives, which this is not")
        return bool(result[key]) is expected

    return test


_OUTCOMES = {
    "failed": _outcome("failed", True),
    "success": _outcome("failed", False),
    "succeeded": _outcome("failed", False),
    "changed": _outcome("changed", True),
    "skipped": _outcome("skipped", True),
}
"""Ansible's tests of a registered result: `it is success`."""


def slug(value: Any) -> str:
    """Text as part of a file name: lower case, ASCII letters, digits, `.`, `_` and single hyphens; never empty, `.` or `..`."""
    plain = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", plain).strip("-.")[:_MAX_SLUG].rstrip("-.") or "unnamed"


def match(value: Any, pattern: str, ignorecase: bool = False, multiline: bool = False) -> bool:
    """Whether the value begins with something that matches the regular expression."""
    return _compiled(pattern, ignorecase, multiline).match(str(value)) is not None


def search(value: Any, pattern: str, ignorecase: bool = False, multiline: bool = False) -> bool:
    """Whether the regular expression matches anywhere in the value."""
    return _compiled(pattern, ignorecase, multiline).search(str(value)) is not None


def regex(value: Any, pattern: str, ignorecase: bool = False, multiline: bool = False, match_type: str = "search") -> bool:
    """Whether the regular expression matches; `match_type` is search, match or fullmatch."""
    if match_type not in ("search", "match", "fullmatch"):
        raise ValueError(f"match_type must be search, match or fullmatch, not '{match_type}'")
    method: _Function = getattr(_compiled(pattern, ignorecase, multiline), match_type)
    return method(str(value)) is not None


def regex_search(value: Any, pattern: str, *groups: str, ignorecase: bool = False, multiline: bool = False) -> Any:
    r"""The text that matches, or None; with groups such as `\\1` or `\\g<name>`, the list of what these matched."""
    found = _compiled(pattern, ignorecase, multiline).search(str(value))
    if found is None or not groups:
        return found and found.group()
    return [found.group(_group(each)) for each in groups]


def regex_replace(
    value: Any, pattern: str, replacement: str = "", ignorecase: bool = False, multiline: bool = False, count: int = 0
) -> str:
    """The text with everything that matches replaced, at most `count` times where it is not 0."""
    text, compiled = str(value), _compiled(pattern, ignorecase, multiline)
    groups = replacement.count("\\")
    if (len(text) + 1) * (len(replacement) + groups * len(text)) > MAX_TEXT:  # it could be too much, so look before
        length = 0
        for found in itertools.islice(compiled.finditer(text), count or None):
            length += len(replacement) + groups * (found.end() - found.start())
            check_text(length)
    return compiled.sub(replacement, text, count=count)


def _group(name: str) -> int | str:
    found = re.fullmatch(r"\\(?:g<(\w+)>|(\d+))", str(name))
    if not found:
        raise ValueError(f"group '{name}' is not of the form \\\\1 or \\\\g<name>")
    word = found[1] or found[2]
    return int(word) if word.isdigit() else word


def _compiled(pattern: Any, ignorecase: bool, multiline: bool) -> re.Pattern[str]:
    try:
        return re.compile(settled(str(pattern)), (re.IGNORECASE if ignorecase else 0) | (re.MULTILINE if multiline else 0))
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"'{pattern}' is not a regular expression: {error}") from None


def _to_json(value: Any, indent: int | None = None, sort_keys: bool = False, **_: Any) -> str:
    check_text(measure(value)[1])
    if indent is not None and not isinstance(indent, int):
        raise ValueError("indent must be a whole number")
    chunks: list[str] = []
    length = 0
    ordered = _ordered(value) if sort_keys else value
    for chunk in json.JSONEncoder(ensure_ascii=False, indent=indent, default=_refuse).iterencode(ordered):
        chunks.append(chunk)
        length += len(chunk)
        check_text(length)
    return "".join(chunks)


def _to_nice_json(value: Any, indent: int = 4, sort_keys: bool = True, **_: Any) -> str:
    return _to_json(value, indent=indent, sort_keys=sort_keys)


def _ordered(value: Any) -> Any:
    """The value with the keys of mappings sorted, numbers before texts; the encoder's own sorting cannot compare the two."""
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: (isinstance(key, str), key))}
    return [_ordered(each) for each in value] if isinstance(value, list | tuple) else value


def _refuse(value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)  # raises, with the name
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return bounded(value)
    raise ValueError(f"a {type(value).__name__} cannot be written as JSON")


def _from_json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"the text is not JSON: {error}") from None


def _list(value: Any) -> list[Any]:
    return bounded(value)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else _shown(value)


def _shown(value: Any) -> str:
    """`str(value)` once it is known to be small enough."""
    if isinstance(value, Mapping | list | tuple | set):
        check_text(measure(value)[1])
        check_all(value, "making a text of a list or mapping")
    return str(value)


@pass_environment
def _join(environment: Environment, value: Any, d: str = "", attribute: str | int | None = None) -> str:
    each = map(make_attrgetter(environment, attribute), value) if attribute is not None else value
    texts: list[str] = []
    length = 0
    for one in each:
        texts.append(_shown(one))
        length += len(texts[-1]) + len(d)
        check_text(length)
    return str(d).join(texts)


@pass_environment
def _sum(environment: Environment, iterable: Any, attribute: str | int | None = None, start: Any = 0) -> Any:
    values = bounded(map(make_attrgetter(environment, attribute), iterable) if attribute is not None else iterable)
    if isinstance(start, list):
        return bounded(itertools.chain(start, *values))
    return sum(values, start)


@pass_environment
def _groupby(environment: Environment, value: Any, attribute: str | int, default: Any = None, case_sensitive: bool = False) -> Any:
    values = bounded(value)
    check_text(len(values) * len(default) if isinstance(default, str) else 0)  # it is made lower case once for each value
    return FILTERS["groupby"](environment, values, attribute, default, case_sensitive)


def _replace(value: Any, old: Any, new: Any, count: int = -1) -> str:
    text = str(value)
    check_replace(text, str(old), str(new))
    return text.replace(str(old), str(new), count)


def _indent(value: Any, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    check_lines(str(value), str(value).count("\n") + 1, width)
    return str(FILTERS["indent"](str(value), width, first, blank))


@pass_environment
def _wordwrap(
    environment: Environment,
    value: Any,
    width: int = 79,
    break_long_words: bool = True,
    wrapstring: str | None = None,
    break_on_hyphens: bool = True,
) -> str:
    check_lines(str(value), len(str(value)), wrapstring or "")
    return str(FILTERS["wordwrap"](environment, str(value), width, break_long_words, wrapstring, break_on_hyphens))


def _format(value: Any, *args: Any, **kwargs: Any) -> str:
    if args and kwargs:
        raise ValueError("the filter 'format' takes values by position or by name, not both")
    check_format(str(value), kwargs or args)
    return str(value) % (kwargs or args)
