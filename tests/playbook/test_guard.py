"""F60: a template can put a secret into text and do nothing else with it, because planning does not know its value."""

from __future__ import annotations

from typing import Any

import pytest

from runner.playbook.render import TemplateError, Templates
from runner.secret import holds_marker, marker

SECRET = marker("0123456789abcdef", "snmp")
SCOPE: dict[str, Any] = {"snmp": SECRET, "line": f"community {SECRET} ro", "words": ["a", SECRET], "table": {"a": SECRET}, "plain": "x"}

ALLOWED = [
    ("alone", "{{ snmp }}", SECRET),
    ("in text", "snmp-server community {{ snmp }} ro", f"snmp-server community {SECRET} ro"),
    ("joined", "{{ 'community ' ~ snmp }}", f"community {SECRET}"),
    ("text that holds it, joined", "{{ line ~ '!' }}", f"{SCOPE['line']}!"),
    ("twice", "{{ snmp }}{{ snmp }}", SECRET * 2),
    ("defined", "{{ 'y' if snmp is defined else 'n' }}", "y"),
    ("undefined", "{{ snmp is undefined }}", False),
    ("entry of a list", "{{ words[1] }}", SECRET),
    ("entry of a mapping", "{{ table.a }}", SECRET),
    ("loop over a list", "{% for word in words %}{{ word }};{% endfor %}", f"a;{SECRET};"),
    ("join of a list", "{{ words | join(' ') }}", f"a {SECRET}"),
    ("length of a list", "{{ words | length }}", 2),
    ("set", "{% set x = snmp %}{{ x }}", SECRET),
    ("macro", "{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(snmp) }}", f"<{SECRET}>"),
    ("list of it", "{{ [snmp] }}", [SECRET]),
    ("mapping of it", "{{ {'a': snmp} }}", {"a": SECRET}),
    ("other values are free", "{{ plain | upper }}{{ plain == 'x' }}", "XTrue"),
    ("condition on another value", "{% if plain %}{{ snmp }}{% endif %}", SECRET),
]

FORBIDDEN = [
    ("filter", "{{ snmp | upper }}", "filter 'upper'"),
    ("filter with a default", "{{ snmp | default('x') }}", "filter 'default'"),
    ("length", "{{ snmp | length }}", "filter 'length'"),
    ("filter of a text that holds it", "{{ line | replace('ro', 'rw') }}", "filter 'replace'"),
    ("filter argument", "{{ plain | replace('x', snmp) }}", "filter 'replace'"),
    ("filter of an entry", "{{ words | map('upper') | list }}", "filter 'upper'"),
    ("filter block", "{% filter upper %}{{ snmp }}{% endfilter %}", "filter 'upper'"),
    ("as JSON", "{{ table | to_json }}", "filter 'to_json'"),
    ("sorted", "{{ words | sort }}", "filter 'sort'"),
    ("unique", "{{ words | unique | list }}", "filter 'unique'"),
    ("string", "{{ snmp | string }}", "filter 'string'"),
    ("list of characters", "{{ snmp | list }}", "filter 'list'"),
    ("format filter", "{{ '%s' | format(snmp) }}", "filter 'format'"),
    ("join of characters", "{{ snmp | join('-') }}", "filter 'join'"),
    ("test", "{{ snmp is string }}", "test 'string'"),
    ("test with a pattern", "{{ line is match('c') }}", "test 'match'"),
    ("test argument", "{{ plain is eq(snmp) }}", "test 'eq'"),
    ("test in a list", "{{ 'a' is in(words) }}", "test 'in'"),
    ("selected by it", "{{ words | select('equalto', snmp) | list }}", "filter 'select'"),
    ("selected by its look", "{{ words | select('match', 'a') | list }}", "test 'match'"),
    ("equal", "{{ snmp == 'public' }}", "comparison"),
    ("unequal", "{{ 'public' != snmp }}", "comparison"),
    ("less", "{{ snmp < 'a' }}", "comparison"),
    ("in", "{{ 'a' in snmp }}", "comparison"),
    ("in a list", "{{ snmp in ['public'] }}", "comparison"),
    ("list with it", "{{ words == ['a', 'b'] }}", "comparison"),
    ("first letter", "{{ snmp[0] }}", "'[ ]'"),
    ("slice", "{{ snmp[:3] }}", "slice"),
    ("slice of a text that holds it", "{{ ('x' ~ snmp)[1:] }}", "slice"),
    ("key", "{{ {'a': 1}[snmp] }}", "'[ ]'"),
    ("method", "{{ snmp.upper() }}", "'.upper'"),
    ("method argument", "{{ plain.join([snmp]) }}", "'join()'"),
    ("dictionary lookup", "{{ table.get(snmp) }}", "'get()'"),
    ("format method", "{{ '{}'.format(snmp) }}", "'format()'"),
    ("iteration", "{% for c in snmp %}{{ c }}{% endfor %}", "a loop"),
    ("plus", "{{ snmp + 'x' }}", "'+'"),
    ("plus on the right", "{{ 'x' + snmp }}", "'+'"),
    ("times", "{{ snmp * 2 }}", "'*'"),
    ("percent", "{{ '%s' % snmp }}", "'%'"),
    ("condition", "{% if snmp %}x{% endif %}", "a condition"),
    ("else if", "{% if false %}{% elif snmp %}x{% endif %}", "a condition"),
    ("condition in an expression", "{{ 'a' if snmp else 'b' }}", "a condition"),
    ("condition of a loop", "{% for x in words if x %}{{ x }}{% endfor %}", "a condition"),
    ("not", "{{ not snmp }}", "a condition"),
    ("or", "{{ snmp or 'public' }}", "a condition"),
    ("and", "{{ snmp and 'x' }}", "a condition"),
    ("list put into text", "x{{ words }}", "making a text of a list"),
    ("mapping put into text", "x{{ table }}", "making a text of a list"),
    ("list joined into text", "{{ 'x' ~ words }}", "making a text of a list"),
    ("changed in a loop", "{% for x in words %}{{ loop.changed(x) }}{% endfor %}", "'changed()'"),
]


@pytest.mark.parametrize(("text", "value"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_a_secret_may_stand_in_text(text: str, value: Any) -> None:
    assert Templates().render(text, SCOPE) == value


@pytest.mark.parametrize(("text", "what"), [row[1:] for row in FORBIDDEN], ids=[row[0] for row in FORBIDDEN])
def test_f60_nothing_else_may_be_done_with_it(text: str, what: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Templates().render(text, SCOPE)
    assert what in caught.value.message and "secret" in caught.value.message
    assert not holds_marker(caught.value.message + caught.value.hint)


@pytest.mark.parametrize(("text", "what"), [row[1:] for row in FORBIDDEN], ids=[row[0] for row in FORBIDDEN])
def test_the_same_is_allowed_with_what_is_no_secret(text: str, what: str) -> None:
    """What is refused is refused because of the secret: with plain text the same template gives something."""
    plain = {"snmp": "public", "line": "community public ro", "words": ["a", "public"], "table": {"a": "x"}, "plain": "x"}
    try:
        Templates().render(text, plain)
    except TemplateError as error:
        assert text == "{{ {'a': 1}[snmp] }}" and error.undefined == "public"


def test_an_expression_is_held_to_the_same() -> None:
    templates = Templates()
    assert templates.evaluate("snmp is defined", SCOPE) is True
    with pytest.raises(TemplateError, match="comparison"):
        templates.evaluate("snmp == 'x'", SCOPE)
