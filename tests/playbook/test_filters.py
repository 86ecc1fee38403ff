"""Filters and tests that are ours, and those that are left out."""

from __future__ import annotations

from typing import Any

import pytest

from runner.playbook.filters import slug
from runner.playbook.render import TemplateError, Templates

SLUGS = [
    ("show ip ospf neighbor", "show-ip-ospf-neighbor"),
    ("show run | include Ethernet1/0/1", "show-run-include-ethernet1-0-1"),
    ("../../etc/passwd", "etc-passwd"),
    ("..", "unnamed"),
    ("", "unnamed"),
    ("/", "unnamed"),
    ("Café", "cafe"),
    ("a" * 300, "a" * 100),
    ("show_version.txt", "show_version.txt"),
    ("a\n\x1b[2Jb\0", "a-2jb"),
    ("-rf", "rf"),
    (17, "17"),
]


@pytest.mark.parametrize(("value", "expected"), SLUGS, ids=[repr(row[0])[:30] for row in SLUGS])
def test_slug(value: Any, expected: str) -> None:
    assert slug(value) == expected
    assert Templates().render("{{ x | slug }}", {"x": value}) == expected


ROWS = [
    ("match is anchored at the start", "'FULL/DR' is match('FULL')", True),
    ("match elsewhere", "'not FULL' is match('FULL')", False),
    ("match not to the end", "'FULL/DR' is match('FULL$')", False),
    ("search", "'not FULL' is search('FULL')", True),
    ("a set that Python would warn about", "'[x' is match('[[]x')", True),
    ("search in a number", "15.2 is search('^15')", True),
    ("regex", "'not FULL' is regex('FULL')", True),
    ("regex with a match type", "'not FULL' is regex('FULL', match_type='match')", False),
    ("regex over all", "'FULL' is regex('FU..', match_type='fullmatch')", True),
    ("case", "'full' is match('FULL', ignorecase=true)", True),
    ("lines", "'a\nFULL' is search('^FULL', multiline=True)", True),
    ("not", "'INIT' is not match('FULL')", True),
    ("in selectattr", "[{'s': 'FULL'}, {'s': 'INIT'}] | selectattr('s', 'match', 'FULL') | list | length", 1),
    ("regex_search", "'Version 15.2(4)M' | regex_search('[0-9.]+')", "15.2"),
    ("regex_search nothing", "'x' | regex_search('[0-9.]+')", None),
    ("regex_search group", r"'Version 15.2' | regex_search('Version (\\d+)\\.(\\d+)', '\\1', '\\2')", ["15", "2"]),
    ("regex_search named group", r"'Version 15' | regex_search('Version (?P<major>\\d+)', '\\g<major>')", ["15"]),
    ("regex_replace", r"'Gi0/1' | regex_replace('^Gi(.*)', 'GigabitEthernet\\1')", "GigabitEthernet0/1"),
    ("regex_replace some", "'aaa' | regex_replace('a', 'b', count=2)", "bba"),
    ("to_json", "{'b': 1, 'a': ['é', none, true]} | to_json", '{"b": 1, "a": ["é", null, true]}'),
    ("to_json of what is lazy", "[1, 2] | map('string') | to_json", '["1", "2"]'),
    ("to_nice_json", "{'b': 1, 'a': 2} | to_nice_json", '{\n    "a": 2,\n    "b": 1\n}'),
    (
        "to_nice_json of numbers and texts as keys",
        "{10: 1, 'b': [{'x': 1, 2: 3}], 2: 4} | to_nice_json(0)",
        '{\n"2": 4,\n"10": 1,\n"b": [\n{\n"2": 3,\n"x": 1\n}\n]\n}',
    ),
    ("from_json", "'{\"a\": [1]}' | from_json", {"a": [1]}),
    ("join", "[1, 'a', none] | join(', ')", "1, a, None"),
    ("join attribute", "[{'n': 'a'}, {'n': 'b'}] | join('-', attribute='n')", "a-b"),
    ("sum", "[1, 2] | sum", 3),
    ("sum attribute", "[{'n': 1}, {'n': 2}] | sum('n')", 3),
    ("sum of lists", "[[1], [2, 3]] | sum(start=[])", [1, 2, 3]),
    ("indent", "'a\nb' | indent(2)", "a\n  b"),
    ("replace", "'a.b.c' | replace('.', '-')", "a-b-c"),
    ("replace some", "'a.b.c' | replace('.', '-', 1)", "a-b.c"),
    ("format method", "'{}-{:>3}-{x}'.format(1, 2, x=3)", "1-  2-3"),
    ("method join", "','.join(['a', 'b'])", "a,b"),
    ("method split", "'a b'.split()", ["a", "b"]),
    ("method get", "{'a': 1}.get('b', 2)", 2),
    ("list of pairs", "{'a': 1}.items()", [["a", 1]]),
    ("unique sort", "[3, 1, 3] | unique | sort", [1, 3]),
    ("default", "absent | default('x')", "x"),
    ("length", "'abc' | length", 3),
]


@pytest.mark.parametrize(("expression", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_value(expression: str, expected: Any) -> None:
    assert Templates().evaluate(expression, {}) == expected


WRONG = [
    ("'x' is match('(')", "the template fails: '(' is not a regular expression"),
    ("'x' | regex_search('x', 'group')", "the template fails: group 'group' is not of the form"),
    ("'x' | regex_search('x', '\\\\3')", "the template fails: no such group"),
    ("'x' is regex('x', match_type='all')", "the template fails: match_type must be search, match or fullmatch"),
    ("'{' | from_json", "the template fails: the text is not JSON"),
    ("('[' * 100000) | from_json", "the template fails: the text is not JSON"),
    ("range | to_json", "the template fails: a function cannot be written as JSON"),
    ("'x' | urlize", "there is no filter 'urlize'"),
    ("'x' | safe", "there is no filter 'safe'"),
    ("'x' | random", "there is no filter 'random'"),
]


@pytest.mark.parametrize(("expression", "message"), WRONG, ids=[row[0] for row in WRONG])
def test_mistake(expression: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Templates().evaluate(expression, {})
    assert str(caught.value).startswith(message)
