"""Cisco IOS as data: its prompts, modes, messages, and which handler answers which command."""

from __future__ import annotations

from collections.abc import Callable

from runner.lab.device import Device
from runner.lab.personalities import cisco_ios_config as config
from runner.lab.personalities import cisco_ios_exec as exec_
from runner.lab.personalities import cisco_ios_filters as filters
from runner.lab.personalities import cisco_ios_ospf as ospf
from runner.lab.personalities import cisco_ios_show as show
from runner.lab.personalities.cisco_ios_boot import boot
from runner.lab.personality import Command, Handler, Node, Pager, Personality, Reply


def _does(text: str, run: Handler, *, instant: bool = False) -> Command:
    return Command(words=tuple(text.split()), run=run, instant=instant)


def _line(text: str, run: Handler) -> Command:
    return Command(words=tuple(text.split()), run=run, configures=True)


def _shows(text: str, render: Callable[[Node], str]) -> Command:
    return _does(text, lambda session, _: Reply(output=render(session.node)))


USER = (
    _does("enable", exec_.enable, instant=True),
    _does("exit", exec_.leave, instant=True),
    _does("quit", exec_.leave, instant=True),
    _does("logout", exec_.leave, instant=True),
    _does("terminal length <name>", exec_.terminal_length, instant=True),
    _does("terminal width <name>", exec_.terminal_width, instant=True),
    _does("terminal no monitor", exec_.nothing, instant=True),
    _does("ping <line>", exec_.ping),
    _shows("show clock", show.clock),
    _shows("show version", show.version),
    _shows("show users", show.users),
    _shows("show inventory", show.inventory),
    _shows("show processes cpu", show.processes_cpu),
    _shows("show cdp neighbors", show.cdp_neighbors),
    _shows("show arp", show.arp),
    _shows("show ip arp", show.arp),
    _shows("show interfaces", show.interfaces),
    _does("show interfaces description", exec_.interfaces_description),
    _does("show interfaces <line>", exec_.interface),
    _shows("show ip interface brief", show.ip_interface_brief),
    _shows("show ip route", ospf.routes),
    _shows("show ip route ospf", ospf.ospf_routes),
    _shows("show ip protocols", ospf.protocols),
    _shows("show ip ospf", ospf.process),
    _shows("show ip ospf neighbor", ospf.neighbors),
    _shows("show ip ospf database", ospf.database),
    _shows("show ip ospf interface brief", ospf.interface_brief),
)
PRIVILEGED = (
    *USER,
    _does("disable", exec_.disable, instant=True),
    _does("configure terminal", config.IOS.enter),
    _shows("show running-config", lambda node: config.shown(node.config, "running")),
    _shows("show startup-config", lambda node: config.shown(node.saved, "saved")),
    _does("write memory", exec_.save),
    _does("write", exec_.save),
    _does("write erase", exec_.erase),
    _does("copy running-config startup-config", exec_.copy_running),
    _does("reload", exec_.reload),
    _does("clear counters", exec_.clear_counters),
)
MOVES = (_does("end", config.IOS.end, instant=True), _does("exit", config.IOS.up, instant=True))
CONFIG = (
    *MOVES,
    *config.BANNERS,
    _line("crypto key zeroize rsa", config.zeroize),
    *config.IOS.commands("config"),
)
SECTION = (*MOVES, *config.IOS.commands("section"))


def start(device: Device) -> str:
    """Privileged at once, unless there is an enable secret."""
    return "user" if device.secret is not None else "exec"


CISCO_IOS = Personality(
    name="cisco_ios",
    version="Cisco-1.25",
    prompts={
        "user": "{hostname}>",
        "exec": "{hostname}#",
        "config": "{hostname}(config)#",
        "section": "{hostname}({place})#",
    },
    commands={"user": USER, "exec": PRIVILEGED, "config": CONFIG, "section": SECTION},
    fallback={"section": "config"},
    messages={
        "invalid": "{caret}^\n% Invalid input detected at '^' marker.\n\n",
        "incomplete": "% Incomplete command.\n\n",
        "ambiguous": '% Ambiguous command:  "{line}"\n',
    },
    pager=Pager(text=" --More-- ", erase="\b" * 10 + " " * 10 + "\b" * 10),
    modifiers={
        "include": filters.include,
        "exclude": filters.exclude,
        "begin": filters.begin,
        "section": filters.section,
        "count": filters.count,
    },
    filtering=frozenset({"user", "exec"}),
    configuring=frozenset({"config", "section"}),
    interrupt=dict.fromkeys(("config", "section"), "end"),
    boot=boot,
    start=start,
)
