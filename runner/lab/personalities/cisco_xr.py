"""Cisco IOS-XR as data: its prompts, modes, messages, and which handler answers which command."""

from __future__ import annotations

from collections.abc import Callable

from runner.lab.personalities import banner
from runner.lab.personalities import cisco_ios_exec as exec_
from runner.lab.personalities import cisco_ios_filters as filters
from runner.lab.personalities import cisco_xr_config as config
from runner.lab.personalities import cisco_xr_lines as lines
from runner.lab.personalities import cisco_xr_show as show
from runner.lab.personalities import cisco_xr_words as words
from runner.lab.personalities.cisco_xr_config import XR, stamp
from runner.lab.personality import Command, Handler, Node, Pager, Personality, Reply, Session


def _does(text: str, run: Handler, *, instant: bool = False) -> Command:
    return Command(words=tuple(text.split()), run=run, instant=instant)


def _tells(text: str, render: Callable[[Session], str]) -> Command:
    return _does(text, lambda session, _: Reply(head=stamp(session), output=render(session)))


def _shows(text: str, render: Callable[[Node], str]) -> Command:
    return _tells(text, lambda session: render(session.node))


def _interface(session: Session, values: tuple[str, ...]) -> Reply:
    text = show.interface(session.node, values[0])
    return Reply(head=stamp(session), output=text) if text is not None else Reply(invalid=True)


def _part(session: Session, values: tuple[str, ...]) -> Reply:
    text = config.part(session, values[0])
    return Reply(head=stamp(session), output=text if text is not None else "% No such configuration item(s)\n\n")


def _no_stamps(session: Session, values: tuple[str, ...]) -> Reply:
    session.stamps = False
    return Reply()


LISTS = (
    _tells("show configuration commit list", lambda session: config.commit_list(session, detail=False)),
    _tells("show configuration commit list detail", lambda session: config.commit_list(session, detail=True)),
    _tells("show running-config", config.running),
    _does("show running-config <line>", _part),
)
EXEC = (
    *LISTS,
    *(_does(word, exec_.leave, instant=True) for word in ("exit", "quit", "logout")),
    _does("terminal length <name>", exec_.terminal_length, instant=True),
    _does("terminal width <name>", exec_.terminal_width, instant=True),
    _does("terminal exec prompt no-timestamp", _no_stamps, instant=True),
    *(_does(text, config.enter) for text in ("configure", "configure terminal", "configure exclusive")),
    _does("ping <line>", exec_.ping),
    _does("reload", exec_.reload),
    _shows("show clock", show.clock),
    _shows("show version", show.version),
    _shows("show inventory", show.inventory),
    _shows("show arp", show.arp),
    _shows("show interfaces", show.interfaces),
    _shows("show interfaces brief", show.interfaces_brief),
    _shows("show interfaces description", show.interfaces_description),
    _does("show interfaces <line>", _interface),
    _shows("show ip interface brief", show.ip_interface_brief),
    _shows("show ipv4 interface brief", show.ip_interface_brief),
    _shows("show lldp neighbors", show.lldp_neighbors),
    _shows("show ospf neighbor", show.ospf_neighbors),
    _shows("show route", show.routes),
    _shows("show route ipv4", show.routes),
)
MOVES = (
    *LISTS,
    _does("end", config.end, instant=True),
    _does("exit", config.up, instant=True),
    _does("root", config.root, instant=True),
    _does("abort", config.abort, instant=True),
    _does("clear", config.clear),
    _does("commit", config.commit),
    _does("commit <line>", config.commit),
    _tells("show configuration", config.waiting),
    _tells("show configuration failed", config.failed),
)
USERS = (
    Command(words=("username", "<name>"), run=XR.section("username"), configures=True),
    Command(words=("username", "<name>", "<line>"), run=config.user, configures=True),
)
BANNERS = banner.commands(words.BANNERS, banner.delimited(config.wait_for_commit), XR.remove)

CISCO_XR = Personality(
    name="cisco_xr",
    version="Cisco-2.0",
    prompts={
        "exec": "RP/0/RP0/CPU0:{hostname}#",
        "config": "RP/0/RP0/CPU0:{hostname}(config)#",
        "section": "RP/0/RP0/CPU0:{hostname}({place})#",
    },
    commands={
        "exec": EXEC,
        "config": (*MOVES, *USERS, *BANNERS, *XR.commands("config")),
        "section": (*MOVES, *XR.commands("section")),
    },
    fallback={"section": "config"},
    messages={
        "invalid": "{caret}^\n% Invalid input detected at '^' marker.\n",
        "incomplete": "% Incomplete command.\n",
        "ambiguous": '% Ambiguous command:  "{line}"\n',
    },
    pager=Pager(text=" --More-- ", erase="\b" * 10 + " " * 10 + "\b" * 10),
    modifiers={"include": filters.include, "exclude": filters.exclude, "begin": filters.begin, "section": filters.section},
    filtering=frozenset({"exec", "config", "section"}),
    configuring=frozenset({"config", "section"}),
    interrupt=dict.fromkeys(("config", "section"), "end"),
    boot=lines.boot,
    start=lambda device: "exec",
)
