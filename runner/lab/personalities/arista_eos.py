"""Arista EOS as data: its prompts, modes, messages, and which handler answers which command."""

from __future__ import annotations

from collections.abc import Callable

from runner.lab.device import Device
from runner.lab.personalities import arista_eos_config as config
from runner.lab.personalities import arista_eos_show as show
from runner.lab.personalities import arista_eos_words as words
from runner.lab.personalities import banner
from runner.lab.personalities import cisco_ios_exec as exec_
from runner.lab.personalities import cisco_ios_filters as filters
from runner.lab.personalities.arista_eos_config import EOS
from runner.lab.personality import Command, Handler, Node, Pager, Personality, Reply, Session


def _does(text: str, run: Handler, *, instant: bool = False) -> Command:
    return Command(words=tuple(text.split()), run=run, instant=instant)


def _shows(text: str, render: Callable[[Node], str]) -> Command:
    return _does(text, lambda session, _: Reply(output=render(session.node)))


def _length(session: Session, values: tuple[str, ...]) -> Reply:
    reply = exec_.terminal_length(session, values)
    if reply.invalid:
        return reply
    return Reply(output=f"Pagination set to {session.length} lines.\n" if session.length else "Pagination disabled.\n")


def _width(session: Session, values: tuple[str, ...]) -> Reply:
    if not values[0].isdecimal() or not 10 <= int(values[0]) <= 32767:
        return Reply(invalid=True)
    session.width = int(values[0])
    return Reply(output=f"Width set to {session.width} columns.\n")


def _interface(session: Session, values: tuple[str, ...]) -> Reply:
    text = show.interface(session.node, values[0])
    return Reply(output=text) if text is not None else Reply(invalid=True)


def _privileged(session: Session, values: tuple[str, ...]) -> Reply:
    return Reply(output="% Invalid input (privileged mode required)\n", refused=True)


SHOWS = (
    _shows("show clock", show.clock),
    _shows("show version", show.version),
    _shows("show hostname", show.hostname),
    _shows("show arp", show.arp),
    _shows("show ip arp", show.arp),
    _shows("show interfaces", show.interfaces),
    _shows("show interfaces status", show.interfaces_status),
    _shows("show interfaces description", show.interfaces_description),
    _does("show interfaces <line>", _interface),
    _shows("show ip interface brief", show.ip_interface_brief),
    _shows("show ip route", show.routes),
    _shows("show ip ospf neighbor", show.ospf_neighbors),
    _shows("show ip ospf interface brief", show.ospf_interface_brief),
    _shows("show lldp neighbors", show.lldp_neighbors),
)
EXEC = (
    *SHOWS,
    _does("enable", exec_.enable, instant=True),
    *(_does(word, exec_.leave, instant=True) for word in ("exit", "quit", "logout")),
    _does("terminal length <name>", _length, instant=True),
    _does("terminal width <name>", _width, instant=True),
    _does("ping <line>", exec_.ping),
)
USER = (
    *EXEC,
    _does("show running-config", _privileged),
    _does("show startup-config", _privileged),
    _does("configure", _privileged),
    _does("configure terminal", _privileged),
)
PRIVILEGED = (
    *EXEC,
    _does("disable", exec_.disable, instant=True),
    _does("configure", EOS.enter),
    _does("configure terminal", EOS.enter),
    _shows("show running-config", lambda node: config.shown(node.config, "running-config")),
    _shows("show startup-config", lambda node: config.shown(node.saved, "startup-config")),
    _does("write memory", config.save),
    _does("write", config.save),
    _does("copy running-config startup-config", config.save),
    _does("reload", exec_.reload),
    _does("clear counters", exec_.nothing),
)
MOVES = (_does("end", EOS.end, instant=True), _does("exit", EOS.up, instant=True))
BANNERS = banner.commands(words.BANNERS, banner.until_eof, EOS.remove, text=False)


def start(device: Device) -> str:
    """Privileged at once, unless there is an enable secret."""
    return "user" if device.secret is not None else "exec"


ARISTA_EOS = Personality(
    name="arista_eos",
    version="OpenSSH_8.7",
    prompts={
        "user": "{hostname}>",
        "exec": "{hostname}#",
        "config": "{hostname}(config)#",
        "section": "{hostname}({place})#",
    },
    commands={
        "user": USER,
        "exec": PRIVILEGED,
        "config": (*MOVES, *BANNERS, *EOS.commands("config")),
        "section": (*MOVES, *EOS.commands("section")),
    },
    fallback={"section": "config", "config": "exec"},  # show commands work in configuration mode
    messages={"invalid": config.INVALID, "incomplete": config.INCOMPLETE, "ambiguous": "% Ambiguous command\n"},
    pager=Pager(text=" --More-- ", erase="\b" * 10 + " " * 10 + "\b" * 10),
    modifiers={"include": filters.include, "exclude": filters.exclude, "begin": filters.begin, "section": filters.section},
    filtering=frozenset({"user", "exec", "config", "section"}),
    configuring=frozenset({"config", "section"}),
    interrupt=dict.fromkeys(("config", "section"), "end"),
    boot=config.boot,
    start=start,
)
