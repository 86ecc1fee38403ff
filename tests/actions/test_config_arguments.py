"""What `config` accepts, and in which order it would be sent."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.actions.config import Config
from runner.actions.config_arguments import ConfigArguments
from runner.arguments import template_file_fields
from runner.platforms import platform_of
from tests.actions.fakes import CONFIGURABLE

BANNER = "banner motd #\n  Keep out.\n\n! really\n#"


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        pytest.param("hostname r9", ["hostname r9"], id="text"),
        pytest.param(["ntp server 192.0.2.1", "ip cef"], ["ntp server 192.0.2.1", "ip cef"], id="list"),
        pytest.param({"lines": "ip cef"}, ["ip cef"], id="lines of one text"),
        pytest.param({"lines": {"line": "ip cef"}}, ["ip cef"], id="lines of one mapping"),
        pytest.param({"lines": ["shutdown"], "parents": "interface Lo0"}, ["interface Lo0", "shutdown"], id="one parent"),
        pytest.param({"lines": ["a"], "parents": ["router bgp 1", "vrf x"]}, ["router bgp 1", "vrf x", "a"], id="two parents"),
        pytest.param({"template": "interface Lo0\n description x\n!\n\n  ! y\n"}, ["interface Lo0", "description x"], id="template"),
        pytest.param({"template": "interface Lo0\r\n shutdown\r\n"}, ["interface Lo0", "shutdown"], id="template of another system"),
        pytest.param({"template": "set a\n# not on every platform\n"}, ["set a", "# not on every platform"], id="a hash is kept"),
        pytest.param({"template": f"ip cef\n{BANNER}\n! x\n"}, ["ip cef", *BANNER.split("\n")], id="m9 banner, verbatim"),
        pytest.param({"template": "banner motd\n\nhello\nEOF\nip cef"}, ["banner motd", "", "hello", "EOF", "ip cef"], id="eos banner"),
        pytest.param({"lines": ["banner motd ^", "hi", "^"]}, ["banner motd ^", "hi", "^"], id="a banner of entries"),
    ],
)
def test_what_is_sent_in_which_order(value: Any, sent: list[str]) -> None:
    action = Config()
    assert list(action.lines(ConfigArguments.model_validate(value))) == sent


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        pytest.param([], ("lines",), "at least one line", id="f20b empty list"),
        pytest.param({"lines": []}, ("lines",), "at least one line", id="f20b empty lines"),
        pytest.param("", ("lines", 0, "line"), "empty", id="f20b empty text"),
        pytest.param({"lines": ["ip cef", " "]}, ("lines", 1, "line"), "empty", id="f20b blank entry"),
        pytest.param({"template": "\n! nothing\n"}, ("template",), "gives no line", id="f20b empty template"),
        pytest.param({}, (), "either `lines` or `template`", id="nothing"),
        pytest.param({"lines": "a", "template": "b"}, (), "either `lines` or `template`", id="both"),
        pytest.param("description x\nhostname evil", ("lines", 0, "line"), "newline", id="f19 newline"),
        pytest.param({"lines": ["a\rb"]}, ("lines", 0, "line"), "newline", id="f19 carriage return"),
        pytest.param({"lines": ["a\x03b"]}, ("lines", 0, "line"), "U+0003", id="f19 ctrl-c"),
        pytest.param({"lines": ["a"], "parents": "b\nc"}, ("parents", 0), "newline", id="f19 newline in a parent"),
        pytest.param({"template": "a\nb\x1bc"}, ("template",), "gives a line 2 that holds the control character U+001B", id="f19 template"),
        pytest.param({"template": "a\nb\rc"}, ("template",), "U+000D", id="f19 return in a template"),
        pytest.param({"lines": "a", "comment": "x\ny"}, ("comment",), "U+000A", id="f19 newline in the comment"),
        pytest.param({"lines": "a", "comment": "x" * 61}, ("comment",), "at most 60", id="long comment"),
        pytest.param({"lines": "a", "save": "sometimes"}, ("save",), "'always', 'changed' or 'never'", id="save"),
        pytest.param({"template": "banner motd ^\nhello"}, ("template",), "no line with '^' that ends it", id="banner without end"),
        pytest.param(
            {"lines": ["banner motd ^", "hello"]}, ("lines",), "no line with '^' that ends it", id="banner of entries without end"
        ),
        pytest.param({"lines": [{"line": "a", "answer": "y"}]}, ("lines", 0), "without `prompt`", id="answer without question"),
        pytest.param({"lines": [5]}, ("lines", 0), "as text", id="number"),
        pytest.param({"lines": "a", "save_when": "always"}, ("save_when",), "Extra inputs", id="unknown key"),
    ],
)
def test_f19_f20b_wrong_arguments_name_the_place(value: Any, place: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Config.arguments.model_validate(value)
    (error,) = caught.value.errors()
    assert error["loc"] == place
    assert words in error["msg"]


@pytest.mark.parametrize(
    ("value", "platform", "words"),
    [
        *(pytest.param("a", platform, "", id=platform) for platform in CONFIGURABLE),
        pytest.param("a", None, "is not known", id="no platform"),
        pytest.param("a", "alcatel_sros", "how alcatel_sros takes its configuration", id="k3 unknown"),
        pytest.param({"lines": "a", "save": "changed"}, "cisco_ios", "", id="save"),
        pytest.param({"lines": "a", "save": "changed"}, "juniper_junos", "a commit is there to stay", id="f20d save on junos"),
        pytest.param({"lines": "a", "save": "always"}, "cisco_xr", "a commit is there to stay", id="f20d save on xr"),
        pytest.param({"lines": "a", "save": "always"}, "linux", "no configuration to save", id="f20d save on linux"),
        pytest.param(["a", "commit"], "cisco_xr", "would commit by itself", id="f20 commit"),
        pytest.param(["a", "commit confirmed 5"], "juniper_junos", "would commit by itself", id="f20 commit confirmed"),
        pytest.param(["a", "commit"], "cisco_ios", "", id="commit means nothing there"),
        pytest.param(["a", "end"], "cisco_ios", "leaves configuration mode", id="end"),
        pytest.param(["configure terminal", "a"], "cisco_ios", "enters", id="configure terminal"),
    ],
)
def test_f20_f20d_k3_what_a_platform_cannot_do(value: Any, platform: str | None, words: str) -> None:
    action = Config()
    complaint = action.unsupported(ConfigArguments.model_validate(value), platform_of(platform))
    assert words in complaint and bool(words) == bool(complaint)


def test_it_always_writes_and_takes_a_template_file() -> None:
    action = Config()
    assert action.writes(ConfigArguments.model_validate("a"), platform_of("cisco_ios")) == "config changes the device"
    assert template_file_fields(Config.arguments) == {"template"}


def test_the_schema_allows_the_short_forms() -> None:
    text, lines, mapping = Config.arguments.model_json_schema()["anyOf"]
    assert text == {"type": "string"} and lines["type"] == "array"
    assert mapping["properties"]["lines"]["anyOf"] == [text, lines["items"]["anyOf"][1], lines]
