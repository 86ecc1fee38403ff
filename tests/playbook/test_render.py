"""What templates give: types kept, names checked, nothing rendered twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from runner.errors import InputError
from runner.playbook.render import TemplateError, Templates

SCOPE: dict[str, Any] = {
    "area": 0,
    "ospf_area": 7,
    "hosts": ["r1", "r2"],
    "host": {"name": "r1", "items": [1], "data": {"site": "ams"}},
    "nothing": None,
    "output": "{{ 7*7 }}",
    "rows": [{"state": "FULL/DR", "id": 1}, {"state": "INIT", "id": 2}],
}

VALUES = [
    ("plain text", "show version", "show version"),
    ("number in text", "area {{ area }}", "area 0"),
    ("number alone", "{{ area }}", 0),
    ("list alone", "{{ hosts }}", ["r1", "r2"]),
    ("line end behind", "{{ hosts }}\n", ["r1", "r2"]),
    ("mapping alone", "{{ host.data }}", {"site": "ams"}),
    ("nothing alone", "{{ nothing }}", None),
    ("space before", " {{ area }}", " 0"),
    ("two expressions", "{{ area }}{{ area }}", "00"),
    ("condition", "{% if area == 0 %}backbone{% endif %}", "backbone"),
    ("key before method", "{{ host.items }}", [1]),
    ("lazy filter", "{{ rows | map(attribute='id') }}", [1, 2]),
    ("reversed", "{{ hosts | reverse }}", ["r2", "r1"]),
    ("views", "{{ host.data.keys() }}", ["site"]),
    ("range", "{{ range(3) }}", [0, 1, 2]),
    ("test of a name that is not there", "{{ absent is defined }}", False),
    ("test far inside", "{{ absent.a.b is defined }}", False),
    ("default far inside", "{{ absent.a['b'] | default('none') }}", "none"),
    ("trailing newline stays", "{{ area }} x\n", "0 x\n"),
    ("comment", "a{# nothing #}b", "ab"),
    ("loop", "{% for h in hosts %}{{ loop.index }}/{{ loop.length }} {{ h }} {% endfor %}", "1/2 r1 2/2 r2 "),
    ("macro", "{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(1) }}{{ m(2) }}", "<1><2>"),
    ("block set", "{% set x %}a{{ area }}{% endset %}{{ x }}", "a0"),
    ("joined by tilde", "{{ 'Lo' ~ area ~ '/' ~ nothing }}", "Lo0/None"),
    ("tree", {"a": ["{{ area }}", {"b": "x{{ area }}"}], "{{ area }}": 1}, {"a": [0, {"b": "x0"}], "{{ area }}": 1}),
    ("numbers", [1, 2.5, True, None], [1, 2.5, True, None]),
]


@pytest.mark.parametrize(("value", "expected"), [row[1:] for row in VALUES], ids=[row[0] for row in VALUES])
def test_render(value: Any, expected: Any) -> None:
    found = Templates().render(value, SCOPE)
    assert found == expected
    assert type(found) is type(expected)


def test_f72_what_a_device_said_is_never_rendered() -> None:
    templates = Templates()
    assert templates.render("{{ output }}", SCOPE) == "{{ 7*7 }}"
    once = templates.render({"text": "got {{ output }}"}, SCOPE)
    assert once == {"text": "got {{ 7*7 }}"}
    assert templates.evaluate("output == '{{ 7*7 }}'", SCOPE) is True
    assert templates.render("{{ output ~ output }}", SCOPE) == "{{ 7*7 }}{{ 7*7 }}"


UNDEFINED = [
    ("in text", "a {{ ospf_aria }}", "'ospf_aria' is undefined (did you mean 'ospf_area'?)", "ospf_aria"),
    ("alone", "{{ ospf_aria }}", "'ospf_aria' is undefined (did you mean 'ospf_area'?)", "ospf_aria"),
    ("inside a list", "{{ [absent] }}", "'absent' is undefined", "absent"),
    ("looked into", "{{ absent.x.y }}", "'absent' is undefined", "absent"),
    ("key", "{{ host.nme }}", "'nme' is undefined in the mapping it is looked up in (did you mean 'name'?)", "nme"),
    (
        "number for a key of text",
        "{{ {'5': 1}[5] }}",
        "'5' is undefined in the mapping it is looked up in (the key is the text '5', in quotes)",
        "5",
    ),
    (
        "text for a key that is a number",
        "{{ {5: 1}['5'] }}",
        "'5' is undefined in the mapping it is looked up in (the key is the number 5, without quotes)",
        "5",
    ),
    ("entry", "{{ hosts[5] }}", "'5' is undefined in the list it is looked up in", "5"),
    ("of nothing", "{{ nothing.x }}", "'x' is undefined in an empty value", "x"),
    ("condition", "{% if absent %}x{% endif %}", "'absent' is undefined", "absent"),
    ("loop", "{% for x in absent %}{{ x }}{% endfor %}", "'absent' is undefined", "absent"),
    ("filter", "{{ absent | upper }}", "'absent' is undefined", "absent"),
    ("sum", "{{ absent + 1 }}", "'absent' is undefined", "absent"),
    ("json", "{{ [absent] | to_json }}", "'absent' is undefined", "absent"),
    (
        "a habit",
        "{{ lookup('file', 'x') }}",
        "'lookup' is undefined (lookups do not exist here; use vars_files, or -e on the command line)",
        "lookup",
    ),
]


@pytest.mark.parametrize(("text", "message", "name"), [row[1:] for row in UNDEFINED], ids=[row[0] for row in UNDEFINED])
def test_f87_an_undefined_name_is_an_error(text: str, message: str, name: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Templates().render(text, SCOPE)
    assert str(caught.value) == message
    assert caught.value.undefined == name
    assert caught.value.exit_code == 3


OTHERS = [
    ("on a later line", "{{ nope }}\n{{ area }}\n{{ nine }}", [("nine", 3)]),
    ("looked into", "{{ nope.x }}{{ nine.x }}", [("nine", 1)]),
    ("many times", "{% for x in [1, 2] %}\n{{ nope }}{{ nine }}{% endfor %}", [("nine", 2)]),
    ("in a macro", "{% macro m() %}{{ nope }}\n{{ nine }}{% endmacro %}{{ m() }}", [("nine", 2)]),
    ("a key", "{{ nope }}\n{{ host.nme }}", [("nme", 2)]),
    ("as far as it comes", "{{ nope }}{{ nine | upper }}{{ ten }}", [("nine", 1)]),
    ("behind a key", "{{ host.nme }}{{ nope }}", []),
    ("nothing else is wrong", "{{ nope }}{{ area }}{{ nope }}", []),
    ("another mistake", "{{ nope }}{{ 1 / 0 }}{{ nine }}", []),
    ("in a branch not taken", "{{ nope }}{% if false %}{{ nine }}{% endif %}", []),
    ("where it is defined", "{{ nope }}{% if nope is defined %}{{ nine }}{% endif %}", []),
    ("where its value decides", "{{ nope }}{% if nope | default(1) == '' or nope %}{{ nine }}{% endif %}", []),
    ("no more than ten", "{{ nope }}" + "".join(f"{{{{ n{number:02} }}}}" for number in range(20)), [(f"n{n:02}", 1) for n in range(10)]),
]


@pytest.mark.parametrize(("text", "others"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_f87_the_undefined_names_behind_the_first_are_told_too(text: str, others: list[tuple[str, int]]) -> None:
    templates = Templates()
    for use in (lambda: templates.render(text, SCOPE), lambda: templates.render_file(text, SCOPE)):
        with pytest.raises(TemplateError) as caught:
            use()
        assert [(each.undefined, each.line) for each in caught.value.others] == others
        assert not [each.hint for each in caught.value.others if "'n" in each.hint and each.undefined != "nme"]


WRONG = [
    ("unfinished", "{{ area + }}", "unexpected 'end of print statement'", 1, 0),
    ("not closed", "a\nb {{ area", "unexpected end of template, expected 'end of print statement'", 2, 2),
    ("third line", "a\nb\n{% if %}", "Expected an expression, got 'end of statement block'", 3, 4),
    ("unknown filter", "{{ area | uper }}", "there is no filter 'uper' (did you mean 'upper'?)", 1, 0),
    ("unknown test", "{{ area is machting('x') }}", "there is no test 'machting'", 1, 0),
    ("unknown tag", "{% frob %}", "Encountered unknown tag 'frob'", 1, 0),
]


@pytest.mark.parametrize(("text", "message", "line", "offset"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_wrong_syntax_says_in_which_line(text: str, message: str, line: int, offset: int) -> None:
    templates = Templates()
    for use in (lambda: templates.render(text, SCOPE), lambda: templates.names(text)):
        with pytest.raises(TemplateError) as caught:
            use()
        assert str(caught.value).startswith(message)
        assert (caught.value.line, caught.value.offset, caught.value.undefined) == (line, offset, None)


EXPRESSIONS = [
    ("comparison", "area == 0", True),
    ("test", "rows | selectattr('state', 'match', 'FULL') | list | length >= 2", False),
    ("value", "host.name", "r1"),
    ("list", "rows | map(attribute='id')", [1, 2]),
    ("not text", True, True),
    ("space", "  area  ", 0),
]


@pytest.mark.parametrize(("expression", "expected"), [row[1:] for row in EXPRESSIONS], ids=[row[0] for row in EXPRESSIONS])
def test_evaluate(expression: Any, expected: Any) -> None:
    assert Templates().evaluate(expression, SCOPE) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("{{ area }}", "an expression is written without {{ }} (remove the braces)"),
        ("area ==", "unexpected 'end of template'"),
        ("area area", "'area' does not belong behind the expression"),
        ("", "unexpected 'end of template'"),
        ("absent > 2", "'absent' is undefined"),
        ("area > 'x'", "the template fails: '>' not supported between instances of 'int' and 'str'"),
        ("range", "the expression gives a function, not data"),
        ("5[1:]", "the template fails: 'int' object is not subscriptable"),
        ("hosts | groupby(output * 10000)", "'"),
        ("hosts.index", "the expression gives a builtin_function_or_method, not data"),
    ],
)
def test_expressions_that_cannot_be_evaluated(expression: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Templates().evaluate(expression, SCOPE)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_names() -> None:
    templates = Templates()
    value = {"{{ key }}": "{{ a.b }} {{ range(c) }}", "x": ["{% for i in d %}{{ i }}{{ e | default(f) }}{% endfor %}", "plain", 3]}
    assert templates.names(value) == {"a", "c", "d", "e", "f"}
    assert templates.names("plain") == frozenset()
    assert templates.expression_names("x.y == z and not w is defined") == {"x", "z", "w"}
    assert templates.expression_names("1 == 1") == frozenset()


def test_an_error_is_an_input_error_with_one_problem() -> None:
    with pytest.raises(InputError) as caught:
        Templates().render("{{ ospf_aria }}", SCOPE)
    [problem] = caught.value.problems
    assert (problem.message, problem.hint) == ("'ospf_aria' is undefined", "did you mean 'ospf_area'?")


def test_scope_is_not_changed_by_a_template() -> None:
    scope: dict[str, Any] = {"a": [1], "b": {}}
    Templates().render("{% set a = [2] %}{% set b = 3 %}{{ a }}", scope)
    value = Templates().render("{{ a }}", scope)
    value.append(2)
    assert scope == {"a": [1], "b": {}}


def test_one_object_serves_many_threads() -> None:
    templates = Templates()

    def count(number: int) -> str:
        return str(templates.render("{% for i in range(300) %}{{ n }}{% endfor %}", {"n": number}))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(count, range(100))) == [str(number) * 300 for number in range(100)]
