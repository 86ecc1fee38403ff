"""F75: names that no shell, terminal or file system takes for something else, and that can be turned back."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from runner.results.file_names import safe_names, shown

REVERSIBLE = [
    pytest.param("r1", "r1", id="plain"),
    pytest.param("R1", "R1", id="case is kept"),
    pytest.param("a b.txt", "a b.txt", id="space inside"),
    pytest.param("2001:db8::1", "2001:db8::1", id="IPv6"),
    pytest.param("zürich-größe", "zürich-größe", id="letters"),
    pytest.param("-rf", "%2Drf", id="leading dash"),
    pytest.param(".git", "%2Egit", id="hidden"),
    pytest.param("...", "%2E%2E%2E", id="three dots"),
    pytest.param(" r1", "%20r1", id="leading space"),
    pytest.param("r1 ", "r1%20", id="trailing space"),
    pytest.param("r1. .", "r1%2E%20%2E", id="trailing dots and spaces"),
    pytest.param("CON", "%43ON", id="device name"),
    pytest.param("nul.txt", "%6Eul.txt", id="device name with suffix"),
    pytest.param("Lpt9", "%4Cpt9", id="device name with number"),
    pytest.param("console", "console", id="no device name"),
    pytest.param("a\x00b", "a%00b", id="NUL"),
    pytest.param("a\nb", "a%0Ab", id="newline"),
    pytest.param("a\x1b]0;x\x07", "a%1B]0;x%07", id="escape"),
    pytest.param("a\x7fb", "a%7Fb", id="delete"),
    pytest.param("a\u202eb", "a%E2%80%AEb", id="bidi"),
    pytest.param("a\u2028b", "a%E2%80%A8b", id="line separator"),
    pytest.param("100%25", "100%2525", id="percent"),
    pytest.param("a\udcffb", "a%FFb", id="undecodable byte"),
]


@pytest.mark.parametrize(("name", "safe"), REVERSIBLE)
def test_f75_odd_names_are_encoded_and_come_back(name: str, safe: str) -> None:
    assert safe_names(f"reports/{name}") == ("reports", safe)
    assert safe_names(f"{name}/x") == (safe, "x")
    assert unquote(safe, errors="surrogateescape") == name


def test_f75_different_names_stay_different() -> None:
    names = ["-a", "%2Da", "%252Da", ".a", "%2Ea", "a ", "a%20", "R1", "r1"]
    assert len({safe_names(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        pytest.param("../x", "without '..'", id="parent"),
        pytest.param("a/../../x", "without '..'", id="parent inside"),
        pytest.param("a/..", "without '..'", id="parent at the end"),
        pytest.param("/etc/passwd", "absolute", id="absolute"),
        pytest.param("~/x", "of '~", id="home"),
        pytest.param("", "names no file", id="empty"),
        pytest.param("reports/", "names no file", id="folder"),
        pytest.param("reports/.", "names no file", id="dot"),
        pytest.param("reports//x", "has an empty part", id="empty part"),
        pytest.param("reports/" + "x" * 300, "of 300 bytes; 255", id="300 characters"),
        pytest.param("ü" * 128, "of 256 bytes", id="bytes, not characters"),
        pytest.param("\x01" * 86, "of 258 bytes", id="encoded bytes count"),
    ],
)
def test_f75_what_cannot_be_a_file_below_the_folder_is_refused(path: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        safe_names(path)
    assert "\n" not in str(caught.value)


def test_dot_parts_are_dropped_and_255_bytes_fit() -> None:
    assert safe_names("./a/./" + "x" * 255) == ("a", "x" * 255)


def test_f70_f71_text_in_messages_is_one_harmless_line() -> None:
    assert shown("a\n\x1b[2J\u202e\udcff") == r"'a\n\x1b[2J\u202e\udcff'"
    assert shown("x" * 100, 10) == "'xxxxxxxxxx...'"
