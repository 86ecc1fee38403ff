"""Devices that ask, rename themselves, lie in their output or fall silent while they are being configured."""

from __future__ import annotations

import dataclasses
import time

import pytest

from runner.errors import SessionError
from runner.platforms import platform_of
from tests.transport.configured import Scripted, session
from tests.transport.scripted import cisco


def test_f17_a_question_is_told_broken_off_and_never_answered() -> None:
    device = Scripted({"no username admin": ["This removes the user. Do you want to continue? [confirm]"]})
    with session(device) as connection:
        with pytest.raises(SessionError) as caught, connection.configuring() as mode:
            mode.send("no username admin")
        assert caught.value.cause == "unexpected_question"
        assert "'This removes the user. Do you want to continue? [confirm]'" in caught.value.message
        assert device.got == ["configure terminal", "no username admin", "^C", "end"]
        assert connection.send("show clock").output == ""


def test_f17_a_question_that_was_declared_is_answered() -> None:
    device = Scripted({"crypto key zeroize rsa": ["Remove these keys? [yes/no]: "], "yes": "removed\r\n"})
    with session(device) as connection, connection.configuring() as mode:
        reply = mode.send("crypto key zeroize rsa", prompt=r"keys\? \[yes/no\]", answer="yes")
        assert reply.output.endswith("removed")
        assert not reply.error
        assert not mode.send("interface Loopback0").error
    assert device.got == ["configure terminal", "crypto key zeroize rsa", "yes", "interface Loopback0", "end"]


def test_f17_a_question_that_does_not_let_go_ends_the_session() -> None:
    device = Scripted({"reset": ["Sure? [yes/no]: "]})
    device.interrupted = "\r\nSure? [yes/no]: "
    with session(device) as connection:
        with pytest.raises(SessionError) as caught, connection.configuring() as mode:
            mode.send("reset")
        assert caught.value.cause == "unexpected_question"
        with pytest.raises(SessionError) as broken:
            connection.send("show clock")
        assert broken.value.cause == "broken"
    assert device.got == ["configure terminal", "reset", "^C"]


def test_a_line_that_hangs_is_broken_off() -> None:
    device = Scripted({"test cable": ["testing"]})
    with session(device) as connection, pytest.raises(SessionError) as caught, connection.configuring() as mode:
        mode.send("test cable", timeout=0.3)
    assert caught.value.cause == "command_timeout"
    assert device.got == ["configure terminal", "test cable", "^C", "end"]


@pytest.mark.parametrize("pause", [0.0, 0.05, 0.6, 1.5])
def test_f15_a_prompt_within_an_output_cuts_nothing_silently(pause: float) -> None:
    answer: list[str | float] = ["one\r\n", "r1(config)#", pause, "two\r\n", "r1(config)#"]
    device = Scripted({"do show raw": answer})
    with session(device) as connection:
        try:
            with connection.configuring() as mode:
                output = mode.send("do show raw").output
                if output == "one":
                    time.sleep(pause + 0.2)  # the rest is on its way
                mode.send("interface Loopback0")
            assert output == "one\nr1(config)#two"
        except SessionError as error:
            assert error.cause == "out_of_step"
            assert output == "one"


def test_f15_another_devices_prompt_within_an_output_is_waited_for() -> None:
    device = Scripted({"do show raw": ["one\r\n", "r9(config)#", 0.8, "\r\ntwo\r\n", "r1(config)#"]})
    with session(device) as connection, connection.configuring() as mode:
        reply = mode.send("do show raw")
        assert [line for line in reply.output.splitlines() if line] == ["one", "r9(config)#", "two"]
        assert not mode.send("interface Loopback0").error


def test_f16_a_new_name_is_confirmed_and_pinned() -> None:
    device = Scripted({})
    with session(device) as connection:
        with connection.configuring() as mode:
            before = device.returns
            assert mode.send("hostname r2").output == ""
            assert device.returns > before, "another name is confirmed"
            before = device.returns
            assert mode.send("interface Loopback0").output == ""
            assert device.returns == before, "the new name is known now"
        assert connection.send("show clock").output == ""
        connection.check()


@pytest.mark.parametrize("line", ["description nothing", "end"])
def test_a_line_without_an_echo_is_no_ok(line: str) -> None:
    device = Scripted()
    device.mute = line
    with session(device) as connection, pytest.raises(SessionError) as caught, connection.configuring() as mode:
        mode.send("interface Loopback0")
        mode.send("description nothing")
    assert caught.value.cause == "no_echo"


def test_a_device_that_does_not_echo_at_all() -> None:
    device = Scripted({"bad": "% Invalid input\r\n"}, echo=False)
    facts = dataclasses.replace(platform_of("cisco_ios"), name="terminal_server")
    with session(device, platform="terminal_server", facts=facts) as connection, connection.configuring() as mode:
        replies = [mode.send("interface Loopback0"), mode.send("bad")]
    assert [(reply.output.strip(), reply.error) for reply in replies] == [("", ""), ("% Invalid input", "% Invalid input")]
    assert device.got == ["configure terminal", "interface Loopback0", "bad", "end"]


@pytest.mark.parametrize("platform", ["terminal_server", "vyos"])
def test_a_platform_without_a_configuration_mode_that_is_known(platform: str) -> None:
    with session(cisco, platform=platform) as connection:
        with pytest.raises(SessionError) as caught:
            connection.configuring()
        assert caught.value.cause == "config_mode"
        assert connection.send("show clock").output == ""


def test_a_platform_that_only_netmikos_driver_knows() -> None:
    moves = {"system-view": "r1", "return": "", "interface": "r1-LoopBack0"}
    device = Scripted({"bad": "% Error: no\r\n"}, moves=moves, outside="<{name}>", inside="[{mode}]")
    with session(device, platform="hp_comware") as connection:
        with connection.configuring() as mode:
            assert not mode.send("interface LoopBack0").error
            assert not mode.send("description x").error
            assert mode.send("bad").error
        assert connection.send("display clock").output == ""
    assert device.got == ["system-view", "interface LoopBack0", "description x", "bad", "return"]


def test_a_name_that_is_cut_in_the_prompts_of_configuration_mode() -> None:
    device = Scripted(inside="a-name-of-more-than-({mode})#")
    device.name = "a-name-of-more-than-twenty-characters"
    with session(device) as connection:
        with connection.configuring() as mode:
            assert not mode.send("interface Loopback0").error
        assert connection.send("show clock").output == ""


def test_a_user_without_the_privilege_is_told_in_the_devices_words() -> None:
    device = Scripted({"configure terminal": "% Invalid input detected at '^' marker.\r\n"}, outside="{name}>", moves={})
    with session(device) as connection:
        with pytest.raises(SessionError) as caught, connection.configuring():
            pass
        assert caught.value.cause == "config_mode"
        assert "'% Invalid input detected at '^' marker.'" in caught.value.message
        assert connection.send("show clock").output == ""


def test_an_end_that_does_not_leave_is_told() -> None:
    device = Scripted(moves={"configure terminal": "config"})
    with session(device) as connection:
        with pytest.raises(SessionError) as caught, connection.configuring() as mode:
            mode.send("hostname r1")
        assert caught.value.cause == "config_mode_left"
        with pytest.raises(SessionError):
            connection.send("show clock")


LOG = "*Nov 24 06:56:00.000: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (127.0.0.1)\r\n"


@pytest.mark.parametrize("pause", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("again", ["", "r1#"])
def test_the_devices_log_disturbs_nothing(pause: float, again: str) -> None:
    device = Scripted({"end": ["r1#", pause, "\r\n", LOG, again], "show clock": "12:00\r\n"})
    with session(device) as connection:
        with connection.configuring() as mode:
            mode.send("interface Loopback0")
        time.sleep(pause)  # the log's line comes before, during or after the wait for the prompt
        assert [connection.send("show clock").output for _ in range(2)] == ["12:00"] * 2
        connection.check()


def test_a_log_line_behind_a_new_prompt() -> None:
    device = Scripted({"hostname r2": ["one\r\n", "r2(config)#", 0.02, "\r\n", LOG]})
    with session(device) as connection:
        with connection.configuring() as mode:
            assert mode.send("hostname r2").output == "one"
        assert connection.send("show clock").output == ""


def test_a_log_line_that_ends_an_output_stays_in_it() -> None:
    device = Scripted({"show logging": f"r1#\r\n{LOG}"})
    with session(device) as connection:
        assert connection.send("show log").output == ""
        assert connection.send("show inventory").output == ""
        device.answers = {"show logging": f"one\r\n{LOG}"}
        assert connection.send("show logging").output == f"one\n{LOG.strip()}"


def test_a_prompt_that_is_learned_may_look_like_the_one_outside() -> None:
    facts = platform_of("cisco_ios")
    assert facts.config
    device = Scripted()
    with session(device, facts=dataclasses.replace(facts, config=dataclasses.replace(facts.config, prompt=""))) as connection:
        with connection.configuring() as mode:
            assert not mode.send("interface Loopback0").error
        assert not connection.send("show clock").error
    assert device.got == ["configure terminal", "interface Loopback0", "end"]
