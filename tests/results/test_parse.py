"""What `parse` makes of outputs, and how it says that it cannot."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from runner.errors import RunnerError
from runner.results.parse import Parse, ParseArguments
from runner.results.textfsm_templates import parse_by_command
from tests.results.fakes import Context

OSPF = """
Neighbor ID     Pri   State           Dead Time   Address         Interface
10.0.0.2          1   FULL/DR         00:00:35    10.1.1.2        GigabitEthernet0/1
10.0.0.3          0   2WAY/DROTHER    00:00:31    10.1.2.2        GigabitEthernet0/2
"""
ROW = {
    "neighbor_id": "10.0.0.2",
    "priority": "1",
    "state": "FULL/DR",
    "dead_time": "00:00:35",
    "ip_address": "10.1.1.2",
    "interface": "GigabitEthernet0/1",
}
TEMPLATE = "Value NAME (\\S+)\nValue List WORD (\\S+)\n\nStart\n  ^name ${NAME}\n  ^word ${WORD}\n  ^bad -> Error\n"


def parse(value: Any, output: str, **context: Any) -> Any:
    seen = Context(output=output, **context)
    Parse().handle(ParseArguments.model_validate(value), seen)
    return seen.parsed


@pytest.mark.parametrize("command", ["show ip ospf neighbor", "sh ip ospf nei", "show ip ospf neigh"])
@pytest.mark.parametrize("platform", ["cisco_ios", "ios", "cisco_xe"])
def test_textfsm_finds_the_template_by_platform_and_command(command: str, platform: str) -> None:
    rows = parse("textfsm", OSPF, command=command, platform=platform)
    assert rows[0] == ROW
    assert [row["state"] for row in rows] == ["FULL/DR", "2WAY/DROTHER"]


def test_textfsm_of_output_without_rows_is_an_empty_list() -> None:
    assert parse("textfsm", "", command="show ip ospf neighbor") == []


@pytest.mark.parametrize(
    ("command", "platform", "words"),
    [
        pytest.param("show moon", "cisco_ios", "no TextFSM template for 'show moon' on cisco_ios", id="command"),
        pytest.param("show ip ospf neighbor", "acme_os", "no TextFSM template for 'show ip ospf neighbor' on acme_os", id="platform"),
        pytest.param("show version", None, "has no platform", id="no platform"),
    ],
)
def test_a_missing_template_is_named_with_the_way_out(command: str, platform: str | None, words: str) -> None:
    with pytest.raises(RunnerError, match=words) as caught:
        parse("textfsm", OSPF, command=command, platform=platform)
    assert "template: PATH" in caught.value.hint


def test_output_that_a_template_refuses_is_told() -> None:
    with pytest.raises(RunnerError, match=r"for 'show ip arp' on cisco_ios cannot read the output: .*Input Line: @@@") as caught:
        parse("textfsm", "@@@", command="show ip arp")
    assert "\n" not in caught.value.message


def test_many_threads_parse_at_once() -> None:
    commands = ["show ip ospf neighbor", "sh ip ospf nei", "show ip ospf neighb", "sho ip ospf nei"] * 8
    start = threading.Barrier(len(commands))

    def work(command: str) -> Any:
        start.wait()
        return parse_by_command(OSPF, "cisco_ios", command)[0]

    with ThreadPoolExecutor(len(commands)) as pool:
        assert list(pool.map(work, commands)) == [ROW] * len(commands)


def test_a_folder_of_templates_can_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index").write_text("# mine\nTemplate, Hostname, Platform, Command\n\nmine.textfsm, .*, acme_os, sh[[ow]] name\n")
    (tmp_path / "mine.textfsm").write_text(TEMPLATE)
    monkeypatch.setenv("NTC_TEMPLATES_DIR", str(tmp_path))
    assert parse("textfsm", "name a\nword b\nword c", command="sho name", platform="acme_os") == [{"name": "a", "word": ["b", "c"]}]
    with pytest.raises(RunnerError, match="no TextFSM template"):
        parse("textfsm", OSPF, command="show ip ospf neighbor")


@pytest.mark.parametrize(
    ("index", "words"),
    [
        pytest.param(None, "cannot be read: No such file", id="none"),
        pytest.param("Template, Command\n", "lacks a column", id="columns"),
        pytest.param("Template, Platform, Command\ngone.textfsm, .*, .*\n", "cannot read the output: .*gone.textfsm", id="template gone"),
    ],
)
def test_a_broken_folder_of_templates_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: str | None, words: str) -> None:
    if index is not None:
        (tmp_path / "index").write_text(index)
    monkeypatch.setenv("NTC_TEMPLATES_DIR", str(tmp_path))
    with pytest.raises(RunnerError, match=words):
        parse("textfsm", "x")


def test_a_template_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "mine.textfsm").write_text(TEMPLATE)
    value = {"with": "textfsm", "template": "t/mine.textfsm"}
    assert parse(value, "name a\nword b", platform=None, command="show x", root=tmp_path) == [{"name": "a", "word": ["b"]}]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        pytest.param("gone.textfsm", "'gone.textfsm' cannot be read: No such file", id="gone"),
        pytest.param("../outside", "outside the project", id="outside"),
        pytest.param("/etc/hostname", "outside the project", id="absolute"),
        pytest.param("link", "outside the project", id="link that leads out"),
        pytest.param("broken", "'broken' does not work on this output", id="broken"),
        pytest.param("binary", "'binary' cannot be read", id="binary"),
        pytest.param("mine", "'mine' does not work on this output: .*Input Line: bad", id="refuses"),
    ],
)
def test_a_template_of_the_project_that_does_not_work_is_named(tmp_path: Path, template: str, words: str) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside").write_text(TEMPLATE)
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "broken").write_text("Value (\n")
    (root / "binary").write_bytes(b"\xff\xfe")
    (root / "mine").write_text(TEMPLATE)
    with pytest.raises(RunnerError, match=words):
        parse({"with": "textfsm", "template": template}, "bad", root=root)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        pytest.param(
            r"^(?P<name>Gi\S+) +(?P<state>up|down)$", [{"name": "Gi1", "state": "up"}, {"name": "Gi2", "state": "down"}], id="named"
        ),
        pytest.param(r"^Gi\S+", ["Gi1", "Gi2"], id="no group"),
        pytest.param(r"^Gi(\S+)", ["1", "2"], id="one group"),
        pytest.param(r"^Gi(\S+) +(\w)", [["1", "u"], ["2", "d"]], id="groups"),
        pytest.param(r"nothing", [], id="no match"),
    ],
)
def test_regex_gives_one_entry_for_each_match(pattern: str, value: Any) -> None:
    assert parse({"with": "regex", "pattern": pattern}, "Gi1   up\nGi2   down\nVl1 up") == value


def test_a_regex_is_not_let_loose_on_endless_output() -> None:
    with pytest.raises(RunnerError, match="the output has 1000001 characters") as caught:
        parse({"with": "regex", "pattern": "x"}, "x" * 1_000_001)
    assert caught.value.hint
    assert len(parse({"with": "regex", "pattern": "x+"}, "x" * 1_000_000)) == 1


@pytest.mark.parametrize(
    ("output", "words"),
    [
        pytest.param("Interface is up", "the output of 'show version' is not JSON: .*it begins with 'Interface is up'", id="text"),
        pytest.param("", "is not JSON", id="nothing"),
        pytest.param("[" * 100_000, "is not JSON", id="deeper than Python goes"),
        pytest.param("\x1b[2J{", r"begins with '\\x1b\[2J\{'", id="f70 escape"),
    ],
)
def test_json_that_is_none_is_told(output: str, words: str) -> None:
    with pytest.raises(RunnerError, match=words):
        parse("json", output)


def test_json_and_jmespath() -> None:
    assert parse("json", '{"a": [1, 2]}') == {"a": [1, 2]}
    assert parse({"with": "jmespath", "query": "a[1]"}, '{"a": [1, 2]}') == 2
    assert parse({"with": "jmespath", "query": "[?state == 'FULL'].id"}, "no json", parsed=[{"state": "FULL", "id": 1}]) == [1]
    with pytest.raises(RunnerError, match=r"the JMESPath query 'sum.a.' cannot be answered: In function sum"):
        parse({"with": "jmespath", "query": "sum(a)"}, '{"a": "text"}')


def test_the_data_can_be_registered() -> None:
    context = Context(output="[1]")
    Parse().handle(ParseArguments.model_validate({"with": "json", "register": "numbers"}), context)
    assert context.registered == {"numbers": [1]}
    assert context.parsed == [1]


def test_f72_output_is_never_rendered() -> None:
    assert parse({"with": "regex", "pattern": ".+"}, "{{ 7*7 }}") == ["{{ 7*7 }}"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param({}, "with\n", id="nothing"),
        pytest.param("ttp", "'textfsm', 'regex', 'json' or 'jmespath'", id="unknown parser"),
        pytest.param({"with": "regex"}, "needs `pattern`", id="no pattern"),
        pytest.param({"with": "jmespath"}, "needs `query`", id="no query"),
        pytest.param({"with": "json", "pattern": "x"}, "belongs to `with: regex`", id="pattern elsewhere"),
        pytest.param({"with": "regex", "pattern": "x", "template": "x"}, "belongs to `with: textfsm`", id="template elsewhere"),
        pytest.param({"with": "regex", "pattern": "("}, "not a valid regular expression", id="broken pattern"),
        pytest.param({"with": "jmespath", "query": "a["}, "not a valid JMESPath query", id="broken query"),
        pytest.param({"with": "jmespath", "query": ""}, "not a valid JMESPath query", id="empty query"),
        pytest.param({"with": "json", "register": "a-b"}, "cannot be the name of a variable", id="odd name"),
        pytest.param({"with": "json", "register": "output"}, "cannot be the name of a variable", id="taken name"),
        pytest.param({"with": "json", "regsiter": "x"}, "Extra inputs", id="unknown key"),
    ],
)
def test_wrong_arguments_are_refused(value: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ParseArguments.model_validate(value)


def test_f79_an_output_that_was_cut_is_not_parsed() -> None:
    with pytest.raises(RunnerError, match="cut at the limit"):
        Parse().handle(ParseArguments.model_validate({"with": "json"}), Context(output="{}", truncated=True))
