"""What templates may not do: reach Python (F73), or take memory or time without end (F74)."""

from __future__ import annotations

import resource
import time
from typing import Any

import pytest

from runner.playbook.render import TemplateError, Templates

SCOPE: dict[str, Any] = {"one": 1, "rows": [1, 2], "host": {"name": "r1"}, "big": "x" * 10_000_000}

ESCAPES = [
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ [].__class__ }}",
    "{{ host['__class__'] }}",
    "{{ rows | attr('__class__') }}",
    "{{ rows | map(attribute='__class__') | list }}",
    "{{ '{0.__class__.__mro__}'.format(one) }}",
    "{{ ('{0.__class__}' ~ '').format(one) }}",
    "{{ 'a'.format.__self__ }}",
    "{{ '%s'.format_map(host) }}",
    "{{ range.__init__ }}",
    "{{ dict.fromkeys }}",
    "{{ dict.mro() }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{% macro m() %}{{ caller }}{% endmacro %}{{ m.__init__.__globals__ }}",
    "{% for x in rows %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "{{ lipsum.__globals__ }}",
    "{{ rows.append(3) }}",
    "{{ rows.clear() }}",
    "{{ host.update({'name': 'x'}) }}",
    "{{ host.pop('name') }}",
    "{{ one.to_bytes(1000000000, 'big') }}",
    "{{ one.real.__class__ }}",
    "{{ 'a'.encode() }}",
    "{{ 'a'.maketrans('a', 'b') }}",
    "{% include '/etc/passwd' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{{ 'x' | map('attr', '__class__') | list }}",
    "{{ rows | sort(attribute='__class__') }}",
    "{{ rows | groupby('__class__') }}",
    "{{ one() }}",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_f73_templates_cannot_leave_the_sandbox(text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Templates().render(text, SCOPE)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3
    assert SCOPE["rows"] == [1, 2] and SCOPE["host"] == {"name": "r1"}


BOMBS = {
    "text times": "{{ 'a' * 10**9 }}",
    "times text": "{{ 10**9 * 'a' }}",
    "list times": "{{ [1] * 10**9 }}",
    "text plus": "{% set n = namespace(x='ab') %}{% for i in range(40) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "text tilde": "{% set n = namespace(x='ab') %}{% for i in range(40) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "list plus": "{% set n = namespace(x=[1]) %}{% for i in range(40) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "list of lists": "{% set n = namespace(x=[1]) %}{% for i in range(40) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
    "tuple of tuples": "{% set n = namespace(x=1) %}{% for i in range(40) %}{% set n.x = (n.x, n.x) %}{% endfor %}{{ n.x }}",
    "mapping of mappings": "{% set n = namespace(x=one) %}{% for i in range(40) %}{% set n.x = {1: n.x, 2: n.x} %}{% endfor %}{{ n.x }}",
    "power": "{{ 9 ** (9 ** 9) }}",
    "number times": "{% set n = namespace(x=9) %}{% for i in range(40) %}{% set n.x = n.x * n.x %}{% endfor %}",
    "percent width": "{{ '%1000000000d' % 1 }}",
    "percent precision": "{{ '%.1000000000f' % 1 }}",
    "percent star": "{{ '%*d' % (1000000000, 1) }}",
    "percent name": "{{ '%((x))1000000000d' % {'(x)': 1} }}",
    "percent many": "{{ ('%(a)s' * 100000) % {'a': big} }}",
    "format filter": "{{ '%1000000000d' | format(1) }}",
    "format method": "{{ '{:>1000000000}'.format(1) }}",
    "format method inner": "{{ '{:>{w}}'.format(1, w=1000000000) }}",
    "format method many": "{{ ('{0}' * 100000).format(big) }}",
    "center filter": "{{ 'a' | center(1000000000) }}",
    "center by name": "{{ 'a' | center(width=1000000000) }}",
    "center method": "{{ 'a'.center(1000000000) }}",
    "ljust": "{{ 'a'.ljust(1000000000) }}",
    "rjust": "{{ 'a'.rjust(1000000000) }}",
    "zfill": "{{ 'a'.zfill(1000000000) }}",
    "replace filter": "{{ big | replace('x', 'y' * 1000) }}",
    "replace method": "{{ big.replace('x', 'y' * 1000) }}",
    "replace nothing": "{{ big | replace('', 'y' * 1000) }}",
    "regex replace": "{{ big | regex_replace('x', 'y' * 1000) }}",
    "regex replace group": "{{ big | regex_replace('x+', '\\\\g<0>' * 1000) }}",
    "join": "{{ ([big] * 100) | join }}",
    "join with": "{{ range(100000) | join(big) }}",
    "join method": "{{ big.join(['a'] * 100000) }}",
    "join method lazy": "{{ big.join(range(100000) | map('string')) }}",
    "join default": "{{ range(100000) | map(attribute='x', default=big) | join }}",
    "indent": "{{ ('a\n' * 1000000) | indent(10000) }}",
    "indent text": "{{ ('a\n' * 1000000) | indent('y' * 1000) }}",
    "wordwrap": "{{ big | wordwrap(1, wrapstring='y' * 1000) }}",
    "batch": "{{ [1] | batch(1000000000, 'x') | list }}",
    "slice": "{{ [1] | slice(1000000000) | list }}",
    "round": "{{ 1.5 | round(1000000000, 'floor') }}",
    "json indent": "{{ range(100000) | list | to_json(indent=1000000000) }}",
    "json indent text": "{{ range(100000) | list | to_nice_json(indent=big) }}",
    "json indent of nested lists": "{{ ([[[[[[[[[ range(100000) | list ]]]]]]]]]) | to_json(indent=10000) }}",
    "range": "{{ range(10**9) }}",
    "nested loops": "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
    "nested loops in a block": "{% set x %}{% for i in range(100000) %}{{ big }}{% endfor %}{% endset %}",
    "output in a loop": "{% for i in range(100000) %}{{ big }}{% endfor %}",
    "text in a loop": "{% for i in range(100000) %}" + "y" * 10_000 + "{% endfor %}",
    "endless macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "doubling macro": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "recursive loop": "{% for x in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    "groupby default": "{{ range(1000) | groupby('x', default=big) }}",
    "sum of lists": "{{ ([[1] * 1000] * 1000) | sum(start=[]) }}",
    "slow comparisons": "{% for i in range(100000) %}{% for j in range(10) %}{% if 'zz' in big %}{% endif %}{% endfor %}{% endfor %}",
    "nested brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "nested lists": "{{ " + "[" * 500 + "]" * 500 + " }}",
    "nested loops in source": "{% for i in rows %}" * 50 + "{% endfor %}" * 50,
    "long source": "{{ 1 }}" + "y" * 2_000_000,
    "constant at compile time": "{% if 'a' * 10**9 %}{% endif %}",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_f74_a_template_that_is_too_much_is_refused(text: str) -> None:
    """In little memory, and in time that is bounded by steps and processor seconds."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.thread_time()
    with pytest.raises(TemplateError) as caught:
        Templates().render(text, SCOPE)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200
    assert grown < 500_000  # kilobytes
    assert time.thread_time() - began < 60


FINE = {
    "large output": ("{{ big }}", 10_000_000),
    "large output in text": ("# {{ big }}", 10_000_002),
    "lines of a large output": ("{{ (big | replace('x' * 40, 'y' * 39 ~ '\n')).splitlines() }}", 250_000),
    "a thousand turns": ("{% for i in range(1000) %}interface Lo{{ i }}\n{% endfor %}", 15_890),
    "numbers that are no widths": ("{{ none | default(100000) }} {{ 'x' | int(65000) }} {{ 'AS 4200000000: %s' % one }}", 27),
    "replaced often": ("{{ ('a' * 1000) | replace('a', 'bc') }}", 2000),
    "padded": ("{{ '%-20s|%5.2f' | format('a', 1) }}", 26),
}


@pytest.mark.parametrize(("text", "length"), FINE.values(), ids=FINE.keys())
def test_what_people_really_do_is_not_refused(text: str, length: int) -> None:
    assert len(Templates().render(text, SCOPE)) == length


def test_f74_a_refused_template_does_not_spoil_the_next() -> None:
    templates = Templates()
    for _ in range(3):
        with pytest.raises(TemplateError):
            templates.render(BOMBS["nested loops"], SCOPE)
        assert templates.render("{{ one }}", SCOPE) == 1
