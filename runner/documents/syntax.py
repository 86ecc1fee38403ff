"""A YAML parser's complaint in plain words, at the place where the user should look."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from runner.documents.frames import Found
from runner.documents.model import Position, line_of, position

_QUOTES = 'put the value in quotes: "..."'
_INDENT = "compare its indentation with the lines above"
_PLAIN: Sequence[tuple[str, str, str]] = (
    ("mapping values are not allowed", "a ':' stands where no key can be", f"quote a text that holds ': ', or {_INDENT}"),
    ("found unexpected end of stream", "a text in quotes is not closed", "add the closing quote"),
    ("expected ',' or ']'", "a list in [ ] is not closed, or a comma is missing", "close it with ]"),
    ("expected ',' or '}'", "a mapping in { } is not closed, or a comma is missing", "close it with }"),
    ("expected '-' indicator", "a list ends here and something else begins at the same indentation", _INDENT),
    ("expected <block end>, but found '-'", "a list entry stands where a key is expected", _INDENT),
    ("expected key", "this is not the key of the mapping it stands in", f"{_INDENT}; quotes inside a text may end it too soon"),
    ("expected <block end>", "this does not belong to what it stands in", _INDENT),
    ("expected ':'", "a key without ':'", "write 'key: value', or put a text of several lines in quotes"),
    ("unknown escape character", "unknown escape in a text in double quotes", "write \\\\ for one backslash, or use single quotes"),
    ("undefined tag handle", "a '!' begins a tag that is not known", _QUOTES),
    ("block sequence entries are not allowed", "a list cannot begin on the line of its key", "begin each '- ' on a line of its own"),
    ("expected comment or line break", "text stands behind '|' or '>'", "begin the text on the next line, indented"),
    ("incompatible YAML document", "this version of YAML is not known", "remove the %YAML line"),
    ("unexpected document indicator", "'---' or '...' stands inside a text in quotes", "close the quotes before it"),
    ("expected <document start>", "something stands in front of the document or after its end", _INDENT),
    ("expected node content", "a value is missing here", "remove the stray character, or put the text in quotes"),
    ("did not find expected alphabetic", "'&' or '*' has a meaning of its own at the start of a value", _QUOTES),
    ("cannot start any token", "this character has a meaning of its own at the start of a value", _QUOTES),
)


def explain(error: yaml.YAMLError, lines: Sequence[str]) -> Found:
    """The problem that a parser's error stands for. `lines` are the lines of the source."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem is None:
        return Found(f"not readable as YAML: {' '.join(str(error).split())}", 0)
    where = _best_place(error)
    number = line_of(where)
    line = lines[number] if number < len(lines) else ""
    if re.match(r" *\t", line) and "token" in f"{error.problem}{error.context}":
        return Found("a tab indents this line", position(number, line.index("\t")), "indent with spaces only")
    if "tab" in error.problem:
        return Found("a tab stands where a space is needed", where, "indent with spaces only")
    if unquoted := _unquoted_template(number, lines):
        return unquoted
    for words, message, hint in _PLAIN:
        if words in error.problem:
            return Found(message, where, hint)
    return Found(f"not readable as YAML: {error.problem}", where)


def _best_place(error: yaml.MarkedYAMLError) -> Position:
    """Where something was opened, when its missing end is only noticed later; else where reading stopped."""
    opened = error.context_mark is not None and ("end of stream" in (error.problem or "") or "expected ','" in (error.problem or ""))
    mark = (error.context_mark if opened else error.problem_mark) or error.context_mark
    return position(mark.line, mark.column) if mark else 0


def _unquoted_template(problem_line: int, lines: Sequence[str]) -> Found | None:
    """`key: {{ a }}/b` is the classic: YAML sees a mapping where a template was meant."""
    for number in (problem_line, problem_line - 1):
        found = re.match(r"\s*(?:- +)?(?:[\w.-]+: +)?(\{\{|\{%)", lines[number]) if 0 <= number < len(lines) else None
        if found:
            message = f"'{found[1]}' begins a mapping here, because the value is not in quotes"
            return Found(message, position(number, found.start(1)), 'put the whole value in quotes: "{{ ... }}"')
    return None
