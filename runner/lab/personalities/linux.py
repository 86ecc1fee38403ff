"""Linux with bash as data: its prompts, its one command (any line), `sudo`, and shells within shells."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from itertools import pairwise

from runner.lab.device import Device
from runner.lab.personalities.linux_bash import NOT_FOUND, BadSyntax, Process, Result, run, words_of
from runner.lab.personalities.linux_programs import PROGRAMS
from runner.lab.personalities.linux_system import LinuxSystem, boot
from runner.lab.personality import Command, Handler, Pager, Personality, Question, Reply, Session

ATTEMPTS = 3
BAD_SYNTAX = 2


def _does(text: str, run: Handler) -> Command:
    return Command(words=tuple(text.split()), run=run, instant=True)


def _system(session: Session) -> LinuxSystem:
    config = session.node.config
    assert isinstance(config, LinuxSystem)  # noqa: S101  # these are the handlers of Linux
    return config


def start(device: Device) -> str:
    """Root is root at once."""
    return "root" if device.username == "root" else "user"


def begin(session: Session) -> None:
    """A login shell, in the user's home. The host's name in its prompt stays what it is now."""
    session.names |= {"host": _system(session).hostname, "folder": _system(session).home, "cwd": "~", "sudo": ""}


def _home(session: Session) -> str:
    return "/root" if session.mode == "root" else _system(session).home


def _go(session: Session, folder: str) -> None:
    home = _home(session)
    short = "~" + folder.removeprefix(home) if folder == home or folder.startswith(f"{home}/") else folder
    session.names |= {"folder": folder, "cwd": short}


def leave(session: Session, values: tuple[str, ...]) -> Reply:
    """Out of this shell, into the one that started it, or away."""
    session.status = int(values[0]) if values and values[0].isdecimal() else session.status
    if not session.outer:
        return Reply(output="logout\n", leave=True)
    session.mode, session.names = session.outer.pop()
    return Reply(output="exit\n")


def _root_shell(session: Session) -> Reply:
    session.outer.append((session.mode, dict(session.names)))
    session.mode, session.status = "root", 0
    session.names["host"] = _system(session).hostname
    _go(session, session.names["folder"])
    return Reply()


def become_root(session: Session, values: tuple[str, ...]) -> Reply:
    """`sudo -s`: a root shell in the same directory, after the password."""
    return _with_sudo(session, _root_shell)


def become_root_at_home(session: Session, values: tuple[str, ...]) -> Reply:
    """`sudo -i`: a root shell in root's home."""

    def then(session: Session) -> Reply:
        reply = _root_shell(session)
        _go(session, "/root")
        return reply

    return _with_sudo(session, then)


def _with_sudo(session: Session, then: Callable[[Session], Reply]) -> Reply:
    """Do it once `sudo` lets the user: the password is asked once in a session, not at all with the secret ''."""
    device, user = session.node.device, session.node.device.username
    if session.node.faults.no_config:
        session.status = 1
        return Reply(output=f"{user} is not in the sudoers file.\n", refused=True)
    if session.mode == "root" or device.secret == "" or session.names["sudo"]:
        return then(session)
    right = device.password if device.secret is None else device.secret
    tried: list[str] = []

    def answered(session: Session, answer: str) -> Reply:
        tried.append(answer)
        if answer == right:
            session.names["sudo"] = "yes"
            return then(session)
        if len(tried) < ATTEMPTS:
            return Reply(output="Sorry, try again.\n", ask=question)
        session.status = 1
        return Reply(output=f"sudo: {ATTEMPTS} incorrect password attempts\n", refused=True)

    question = Question(text=f"[sudo] password for {user}: ", echo=False, then=answered)
    return Reply(ask=question)


def line(session: Session, values: tuple[str, ...]) -> Reply:
    """Any line: run it, after `sudo`'s password where it needs that. One that changes nothing is no line of configuration."""
    try:
        words = words_of(values[0])
    except BadSyntax as error:
        return _failed(session, error)
    after = {word for before, word in pairwise(words) if before == "sudo"}
    if "sudo" not in words or session.mode == "root":
        return _run(session, values[0])
    if "-n" in after and not session.names["sudo"] and session.node.device.secret != "":
        session.status = 1
        return Reply(output="sudo: a password is required\n", refused=True)
    return _with_sudo(session, lambda session: _run(session, values[0]))


def _run(session: Session, text: str) -> Reply:
    try:
        result = run(text, lambda: _shell(session), session.status, {**PROGRAMS, "cd": lambda process: _change_folder(session, process)})
    except BadSyntax as error:
        return _failed(session, error)
    session.status = result.status
    if result.changed:
        session.node.saved = _system(session).copy()
    return Reply(output=result.out, refused=not result.changed)


def _shell(session: Session) -> Process:
    user = "root" if session.mode == "root" else session.node.device.username
    names = {"HOME": _home(session), "HOSTNAME": session.names["host"], "PWD": session.names["folder"]}
    return Process(system=_system(session), words=(), user=user, cwd=session.names["folder"], environment=names)


def _failed(session: Session, error: BadSyntax) -> Reply:
    session.status = BAD_SYNTAX
    return Reply(output=f"{error}\n", refused=True)


def _change_folder(session: Session, process: Process) -> Result:
    name = process.words[1] if len(process.words) > 1 else _home(session)
    path = posixpath.normpath(posixpath.join(process.cwd, name))
    if not process.system.is_folder(path):
        return Result(err=f"-bash: cd: {name}: No such file or directory\n", status=1)
    _go(session, path)
    return Result()


SHELL = (
    _does("exit", leave),
    _does("exit <name>", leave),
    _does("logout", leave),
    _does("sudo -s", become_root),
    _does("sudo su", become_root),
    _does("sudo -i", become_root_at_home),
    _does("sudo su -", become_root_at_home),
)
ANY = (Command(words=("<line>",), run=line, configures=True),)

LINUX = Personality(
    name="linux",
    version="OpenSSH_9.2p1 Debian-2+deb12u1",
    welcome="Last login: Mon Nov 23 08:15:00 2026 from 127.0.0.1\n",
    prompts={"user": "{username}@{host}:{cwd}$ ", "root": "root@{host}:{cwd}# "},
    commands={"user": SHELL, "root": SHELL, "any": ANY},
    fallback={"user": "any", "root": "any"},
    configuring=frozenset({"root"}),
    exact=True,
    messages={"invalid": "-bash: {word}: command not found\n"},
    refusal=NOT_FOUND,
    pager=Pager(text="--More--", erase="\r"),
    length=0,
    begin=begin,
    boot=boot,
    start=start,
)
