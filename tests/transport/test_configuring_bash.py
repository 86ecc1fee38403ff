"""A real bash on a terminal of 80 columns: wrapped echoes, bracketed paste, titles in the prompt, output without an end of line."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import pty
import shutil
import struct
import subprocess
import termios
from fcntl import ioctl
from pathlib import Path

import pytest

from runner.errors import SessionError
from runner.platforms import Configuration, platform_of
from tests.transport.configured import session
from tests.transport.scripted import Reader, Writer

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="there is no bash")
ROOT = r"PS1='root@r1:\w# ' bash --norc -i"
"""Stands for `sudo -s`, which a test cannot count on."""


async def bash(reader: Reader, writer: Writer) -> None:
    """A terminal with a bash behind it."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {"PS1": r"\[\e]0;\u@\h: \w\a\]admin@r1:\w$ ", "TERM": "vt100", "PATH": os.environ["PATH"], "HOME": "/tmp"}
    command = [BASH or "bash", "--norc", "-i"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd="/", start_new_session=True)
    os.close(theirs)
    loop = asyncio.get_running_loop()

    def pass_on() -> None:
        data = b""
        with contextlib.suppress(OSError):
            data = os.read(ours, 4096)
        if data:
            writer.write(data)
        else:
            loop.remove_reader(ours)

    loop.add_reader(ours, pass_on)
    try:
        while data := await reader.read(4096):
            os.write(ours, data)
    finally:
        loop.remove_reader(ours)
        process.kill()
        process.wait()
        os.close(ours)


FACTS = dataclasses.replace(platform_of("linux"), config=dataclasses.replace(platform_of("linux").config or Configuration(), enter=ROOT))


def test_lines_on_a_real_shell(tmp_path: Path) -> None:
    made = tmp_path / ("long" * 20)
    rows = [
        ("cd /usr", "", ""),
        (f"mkdir {made}", "", ""),
        ("false", "", "exit status 1"),
        ("nonsense", "bash: nonsense: command not found", "bash: nonsense: command not found"),
        ("echo " + "y" * 120, "y" * 120, ""),
        ("printf 'no end'", "no end", ""),
        ("printf 'one\\ntwo'", "one\ntwo", ""),
        ("echo 'a b   c'; echo \"$PWD\"", "a b   c\n/usr", ""),
        (
            "ls /nowhere",
            "ls: cannot access '/nowhere': No such file or directory",
            "ls: cannot access '/nowhere': No such file or directory",
        ),
    ]
    with session(bash, platform="linux", facts=FACTS) as connection:
        assert connection.send("printf 'no end'").output == "no end"
        with connection.configuring() as mode:
            replies = [mode.send(line) for line, _, _ in rows]
        assert [(reply.output, reply.error) for reply in replies] == [(output, error) for _, output, error in rows]
        assert connection.send("pwd").output == "/"
    assert made.is_dir()


def test_f17_a_question_is_broken_off_and_the_shell_goes_on() -> None:
    with session(bash, platform="linux", facts=FACTS) as connection:
        with pytest.raises(SessionError) as caught, connection.configuring() as mode:
            mode.send("read -p 'Erase? [y/N] ' answer")
        assert caught.value.cause == "unexpected_question"
        assert "'Erase? [y/N]'" in caught.value.message
        assert connection.send("pwd").output == "/"
