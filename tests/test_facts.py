"""The facts of layer 0: secrets that show themselves to nobody, exit codes, states, what a command is allowed to be."""

from __future__ import annotations

import copy
import json
import pickle
from base64 import b64encode
from urllib.parse import quote

import pytest

from runner.platforms import platform_name, platform_of
from runner.secret import MASK, Redactor, Secret
from runner.states import BatchStatus, HostStatus, JobStatus, batch_status, exit_code, worst

OK, CHANGED, FAILED, UNREACHABLE = HostStatus.OK, HostStatus.CHANGED, HostStatus.FAILED, HostStatus.UNREACHABLE
SKIPPED, STOPPED, PENDING, IN_DOUBT = HostStatus.SKIPPED, HostStatus.STOPPED, HostStatus.PENDING, HostStatus.IN_DOUBT
VALUE = 's3cr"et\\pässword&x'


def test_f66_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret(VALUE)
    for text in (repr(secret), str(secret), f"{secret}", f"{secret:>30}", repr([secret]), f"{secret!r}"):
        assert VALUE not in text
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert copy.deepcopy(secret) is secret and secret == Secret(VALUE) and secret != Secret("x") and secret.reveal() == VALUE


FORMS = [VALUE, quote(VALUE, safe=""), b64encode(VALUE.encode()).decode(), json.dumps([VALUE]), json.dumps(VALUE, ensure_ascii=False)]


@pytest.mark.parametrize("form", FORMS)
def test_f60_a_secret_is_masked_in_every_form(form: str) -> None:
    masked = Redactor([Secret(VALUE)])(f"before {form} after")
    assert MASK in masked and "et" not in masked.replace("before", "").replace("after", "")


@pytest.mark.parametrize("form", [VALUE, json.dumps(VALUE)[1:-1], quote(VALUE, safe="")])
@pytest.mark.parametrize(("cut", "shortest"), [("...", 4), ("…", 4), ("...'", 4), ("", 8), ("'", 8), ('"', 8)])
def test_f60_a_secret_that_was_cut_is_masked(form: str, cut: str, shortest: int) -> None:
    """A message quotes the beginning of an output, a device closes in mid line: what is left of a secret is no better."""
    for length in range(shortest, len(form)):
        assert Redactor([Secret(VALUE)])(f"begins with 'password {form[:length]}{cut}") == f"begins with 'password {MASK}{cut}"


@pytest.mark.parametrize("text", ["user 'netops' or its", "user netops", "netops.. is", "netops2024- is", "building 7", "net..."])
def test_f68_what_only_begins_like_a_secret_stays(text: str) -> None:
    assert Redactor([Secret("netops2024-x"), Secret("building-1")])(text) == text


def test_f68_a_short_secret_does_not_destroy_the_text() -> None:
    text = "a plain answer"
    assert Redactor([Secret("a")])(text) == text and Redactor([Secret("a")]).too_short
    assert Redactor([Secret("cisco")])("cisco_ios cisco (cisco)") == f"cisco_ios {MASK} ({MASK})"
    assert Redactor([])(text) == text


@pytest.mark.parametrize(
    ("hosts", "job", "errors", "code"),
    [
        ([OK, CHANGED, SKIPPED], JobStatus.COMPLETED, 0, 0),
        ([OK], JobStatus.COMPLETED, 1, 2),
        ([OK, FAILED], JobStatus.COMPLETED, 0, 2),
        ([FAILED, UNREACHABLE], JobStatus.COMPLETED, 1, 4),
        ([UNREACHABLE, IN_DOUBT], JobStatus.COMPLETED, 0, 5),
        ([OK, STOPPED, PENDING], JobStatus.STOPPED, 0, 7),
        ([FAILED, STOPPED], JobStatus.STOPPED, 0, 2),
        ([FAILED, STOPPED, PENDING], JobStatus.FAILED, 0, 2),
        ([UNREACHABLE, PENDING], JobStatus.FAILED, 0, 4),
        ([IN_DOUBT, STOPPED], JobStatus.STOPPED, 0, 5),
        ([SKIPPED, PENDING], JobStatus.FAILED, 0, 2),
        ([], JobStatus.COMPLETED, 0, 0),
    ],
)
def test_exit_codes(hosts: list[HostStatus], job: JobStatus, errors: int, code: int) -> None:
    assert exit_code(hosts, job=job, handler_errors=errors) == code


@pytest.mark.parametrize(
    ("hosts", "job", "busy", "code"),
    [
        ([OK, PENDING], JobStatus.COMPLETED, ["skip"], 6),
        ([PENDING, PENDING], JobStatus.FAILED, ["fail"], 6),
        ([OK, PENDING], JobStatus.STOPPED, ["skip"], 6),
        ([FAILED, PENDING], JobStatus.COMPLETED, ["skip"], 2),
        ([UNREACHABLE, PENDING], JobStatus.FAILED, ["fail"], 4),
        ([IN_DOUBT, PENDING], JobStatus.FAILED, ["fail"], 5),
        ([SKIPPED, PENDING], JobStatus.FAILED, ["skip"], 2),
    ],
)
def test_exit_codes_where_a_device_is_busy(hosts: list[HostStatus], job: JobStatus, busy: list[str], code: int) -> None:
    """The order is 1, 5, 4, 2, 6, 7, 8."""
    assert exit_code(hosts, job=job, busy=busy) == code


@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        ([OK, FAILED], BatchStatus.COMPLETED),
        ([FAILED, UNREACHABLE], BatchStatus.FAILED),
        ([FAILED, SKIPPED], BatchStatus.COMPLETED),
        ([OK, STOPPED], BatchStatus.STOPPED),
        ([OK, PENDING], BatchStatus.STOPPED),
        ([IN_DOUBT], BatchStatus.FAILED),
        ([], BatchStatus.COMPLETED),
    ],
)
def test_batch_states(hosts: list[HostStatus], status: BatchStatus) -> None:
    assert batch_status(hosts) is status


def test_the_worst_state_of_a_host_counts() -> None:
    assert worst([OK, UNREACHABLE, FAILED]) is UNREACHABLE
    assert worst([OK, IN_DOUBT, UNREACHABLE]) is IN_DOUBT
    assert worst([SKIPPED, OK]) is OK and worst([]) is PENDING


WRITES = """
show run | redirect flash:x
show run | redi flash:x
show run |red flash:x
show run|te flash:x
show run | app flash:x
show run | inc x | tee flash:x
show run | include a|redirect flash:x
show run | unknown x
show run > file
show run | include x > file
show clock ; reload
reload
configure terminal
write memory
s
"""
READS = """
show clock
SHOW clock
sh ip int br
show run | i hostname
show run | sec ospf
show run|begin router
show log | include up|down
show ip route | exclude 0/0
ping 192.0.2.1
"""


@pytest.mark.parametrize("command", WRITES.strip().splitlines())
def test_what_could_write_is_no_reading_command(command: str) -> None:
    assert platform_of("cisco_ios").why_it_writes(command)


@pytest.mark.parametrize("command", READS.strip().splitlines())
def test_what_only_reads_is_let_through(command: str) -> None:
    assert platform_of("cisco_ios").why_it_writes(command) == ""


def test_a_devices_error_line_is_found_at_the_start_of_a_line_only() -> None:
    ios = platform_of("ios")
    assert ios.error_in("show x\n    ^\n% Invalid input detected at '^' marker.\n\n") == "% Invalid input detected at '^' marker."
    assert ios.error_in("Jan 1: user typed % Invalid input") == ""
    assert ios.error_in("\x1b[2J\x1b]0;x\x07\x08% Invalid input\x1b[0m detected") == "% Invalid input detected"
    assert platform_name("ios") == "cisco_ios" and platform_of("strange").name == "strange"
