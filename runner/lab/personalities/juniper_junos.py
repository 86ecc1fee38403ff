"""Juniper Junos as data: its prompts, modes, messages, and which handler answers which command."""

from __future__ import annotations

from collections.abc import Callable

from runner.lab.device import Device
from runner.lab.grammar import Found, find
from runner.lab.personalities import juniper_junos_commit as commit
from runner.lab.personalities import juniper_junos_config as config
from runner.lab.personalities import juniper_junos_filters as filters
from runner.lab.personalities import juniper_junos_show as show
from runner.lab.personality import Command, Handler, Node, Pager, Personality, Question, Reply, Session


def _does(text: str, run: Handler, *, instant: bool = False) -> Command:
    return Command(words=tuple(text.split()), run=run, instant=instant)


def _shows(text: str, render: Callable[[Node], str]) -> Command:
    return _does(text, lambda session, _: Reply(output=render(session.node)))


def _leave(session: Session, values: tuple[str, ...]) -> Reply:
    return Reply(leave=True)


def _screen_length(session: Session, values: tuple[str, ...]) -> Reply:
    if not values[0].isdecimal() or int(values[0]) > 100000:
        return Reply(invalid=True)
    session.length = int(values[0])
    return Reply(output=f"Screen length set to {session.length}\n")


def _screen_width(session: Session, values: tuple[str, ...]) -> Reply:
    if not values[0].isdecimal() or int(values[0]) > 1024:
        return Reply(invalid=True)
    session.width = int(values[0])
    return Reply(output=f"Screen width set to {session.width}\n")


def _complete_on_space(session: Session, values: tuple[str, ...]) -> Reply:
    said = {"on": "Enabling", "off": "Disabling"}.get(values[0])
    return Reply(invalid=True) if said is None else Reply(output=f"{said} complete-on-space\n")


def _ping(session: Session, values: tuple[str, ...]) -> Reply:
    target = values[0].split()[0]
    reached = target in {str(node.router.router_id) for node in session.node.fleet.values()}
    answers = "".join(f"64 bytes from {target}: icmp_seq={number} ttl=64 time=1.0 ms\n" for number in range(5)) if reached else ""
    tail = f"5 packets transmitted, {5 if reached else 0} packets received, {0 if reached else 100}% packet loss\n"
    return Reply(output=f"PING {target} ({target}): 56 data bytes\n{answers}\n--- {target} ping statistics ---\n{tail}")


def _reboot(session: Session, values: tuple[str, ...]) -> Reply:
    def then(session: Session, answer: str) -> Reply:
        return Reply(output="Shutdown NOW!\n", leave=True) if answer.strip().lower() in ("y", "yes") else Reply()

    return Reply(ask=Question(text="Reboot the system ? [yes,no] (no) ", then=then))


def _run(session: Session, values: tuple[str, ...]) -> Reply:
    """An operational command in configuration mode."""
    found = find(SHOWN, values[0])
    return found.command.run(session, found.values) if isinstance(found, Found) else Reply(invalid=True, wrong=values[0].split()[0])


SHOWN = (
    _shows("show version", show.version),
    _shows("show system uptime", show.uptime),
    _does("show system commit", commit.commits),
    _shows("show interfaces terse", show.interfaces_terse),
    _shows("show interfaces descriptions", show.interfaces_descriptions),
    _shows("show ospf neighbor", show.ospf_neighbors),
    _shows("show arp", show.arp),
    _shows("show arp no-resolve", show.arp_no_resolve),
    _shows("show lldp neighbors", show.lldp_neighbors),
    _does("show configuration", commit.show_active),
    _does("show configuration <line>", commit.show_active),
    _does("ping <line>", _ping),
)
EXEC = (
    *SHOWN,
    *(_does(word, _leave, instant=True) for word in ("exit", "quit")),
    _does("set cli screen-length <name>", _screen_length, instant=True),
    _does("set cli screen-width <name>", _screen_width, instant=True),
    _does("set cli complete-on-space <name>", _complete_on_space, instant=True),
    _does("configure", config.enter("shared")),
    _does("configure exclusive", config.enter("exclusive")),
    _does("configure private", config.enter("private")),
    _does("request system reboot", _reboot),
)
CONFIG = (
    Command(words=("set", "<line>"), run=config.store, configures=True),
    Command(words=("delete", "<line>"), run=config.remove, configures=True),
    Command(words=("delete",), run=config.remove_all, configures=True),
    _does("edit <line>", config.edit, instant=True),
    _does("top", config.top, instant=True),
    _does("up", config.up, instant=True),
    _does("up <name>", config.up, instant=True),
    _does("exit", config.back, instant=True),
    _does("quit", config.back, instant=True),
    _does("exit configuration-mode", config.leave, instant=True),
    _does("quit configuration-mode", config.leave, instant=True),
    _does("show", commit.show_candidate),
    _does("show <line>", commit.show_candidate),
    _does("top show", commit.show_from_top),
    _does("top show <line>", commit.show_from_top),
    _does("commit", commit.commit),
    _does("commit <line>", commit.commit),
    _does("rollback", commit.roll_back),
    _does("rollback <name>", commit.roll_back),
    _does("run <line>", _run),
    _does("status", config.status),
)


def start(device: Device) -> str:
    """Nobody enables: what a login may do depends on its class."""
    return "exec"


JUNIPER_JUNOS = Personality(
    name="juniper_junos",
    version="OpenSSH_7.5",
    welcome=f"--- JUNOS {show.RELEASE} Kernel 64-bit  JNPR-12.1\n",
    prompts={"exec": "\n{username}@{hostname}> ", "config": "\n[edit{place}]\n{username}@{hostname}# "},
    notice=commit.unconfirmed,
    commands={"exec": EXEC, "config": CONFIG},
    configuring=frozenset({"config"}),
    messages={
        "invalid": "{caret}^\nsyntax error.\n",
        "unknown": "{caret}^\nunknown command.\n",
        "incomplete": "{caret}^\nsyntax error, expecting <command>.\n",
        "ambiguous": "{caret}^\n'{word}' is ambiguous.\n",
    },
    pager=Pager(text="---(more)---", later="---(more {percent}%)---", erase="\r" + " " * 40 + "\r"),
    modifiers={
        "match": filters.match,
        "except": filters.except_,
        "find": filters.find,
        "count": filters.count,
        "last": filters.last,
        "no-more": filters.no_more,
    },
    filtering=frozenset({"exec", "config"}),
    chained=True,
    unpaged=frozenset({"no-more"}),
    end=config.close,
    boot=show.boot,
    start=start,
)
