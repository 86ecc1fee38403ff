"""What Junos does with a candidate: show it, compare it, commit it, throw it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from runner.lab.ledger import Commit
from runner.lab.personalities.juniper_junos_config import close, database
from runner.lab.personalities.juniper_junos_tree import JunosTree, Path, Refused, statements, words_of
from runner.lab.personality import Reply, Session

FAILURE = "[edit interfaces]\n  'ge-0/0/9'\n    the port does not exist\nerror: configuration check-out failed\n"
UNCONFIRMED = "commit confirmed will be automatically rolled back in {minutes} minutes unless confirmed\n"
LONGEST = 65535
"""Minutes that a commit may wait to be confirmed."""


@dataclass
class _Wish:
    """What the words after `commit` ask for."""

    check: bool = False
    leave: bool = False
    confirmed: int | None = None
    comment: str = ""


def _wish(text: str) -> _Wish:
    """Raises Refused."""
    wish, rest = _Wish(), words_of(text)
    while rest:
        word = rest.pop(0)
        if word == "check":
            wish.check = True
        elif len(word) > 1 and "and-quit".startswith(word):
            wish.leave = True
        elif word == "confirmed":
            wish.confirmed = int(rest.pop(0)) if rest and rest[0].isdecimal() else 10
            if not 1 <= wish.confirmed <= LONGEST:
                raise Refused(str(wish.confirmed))
        elif word == "comment" and rest:
            wish.comment = rest.pop(0).strip('"')
        elif word != "synchronize":
            raise Refused(word)
    return wish


def commit(session: Session, values: tuple[str, ...]) -> Reply:
    """`commit` and all that may follow it."""
    try:
        wish = _wish(values[0] if values else "")
    except Refused as refused:
        return Reply(invalid=True, wrong=refused.word)
    base, faults = database(session), session.node.faults
    holder, waiting = base.locked_by(session.line), tuple(base.candidate(session.line).lines)
    if holder is not None or faults.commit_fails:
        problem = FAILURE if holder is None else "error: configuration database locked by another user\n"
        return Reply(output=problem, commit=None if wish.check else _tried(wish, waiting, done=False))
    if wish.check:
        return Reply(output="configuration check succeeds\n")
    base.commit(session.line, session.node.device.username, wish.comment, wish.confirmed)
    session.node.saved = base.copy()
    output = UNCONFIRMED.format(minutes=wish.confirmed) if wish.confirmed is not None else ""
    output += "commit complete\n"
    if wish.leave:
        close(session)
        session.mode, session.section, session.place = "exec", (), ""
        output += "Exiting configuration mode\n"
    return Reply(output=output, commit=_tried(wish, waiting, done=True))


def _tried(wish: _Wish, lines: tuple[str, ...], *, done: bool) -> Commit:
    seconds = None if wish.confirmed is None else 60 * wish.confirmed
    return Commit(lines=lines, comment=wish.comment, confirmed=seconds, done=done)


def unconfirmed(session: Session) -> str:
    """What a prompt of configuration mode begins with while a commit waits to be confirmed."""
    minutes = database(session).unconfirmed
    return f"\n# commit confirmed will be rolled back in {minutes} minutes" if minutes and session.mode == "config" else ""


def roll_back(session: Session, values: tuple[str, ...]) -> Reply:
    """Load an earlier configuration into the candidate."""
    if values and not values[0].isdecimal():
        return Reply(invalid=True)
    if not database(session).roll_back(session.line, int(values[0]) if values else 0):
        return Reply(output="error: could not open that configuration: it does not exist\n")
    return Reply(output="load complete\n")


def show_candidate(session: Session, values: tuple[str, ...]) -> Reply:
    """`show` in configuration mode: what is below the level where the session stands."""
    return _shown(session, session.section, values)


def show_from_top(session: Session, values: tuple[str, ...]) -> Reply:
    """`top show`: the same from the top, wherever the session stands."""
    return _shown(session, (), values)


def _shown(session: Session, section: Path, values: tuple[str, ...]) -> Reply:
    base = database(session)
    try:
        path = (*section, *(statements(words_of(values[0]), section, whole=False) if values else ()))
    except Refused as refused:
        return Reply(invalid=True, wrong=refused.word or values[0])
    tree = base.candidate(session.line).tree
    views = dict(_views(tree, path))
    views["compare"] = lambda: tree.compared(base.active, path)
    for number, version in enumerate(base.versions):
        views[f"compare rollback {number}"] = partial(tree.compared, version.tree, path)
    return Reply(output=tree.text(path), views=views)


def show_active(session: Session, values: tuple[str, ...]) -> Reply:
    """`show configuration`."""
    base = database(session)
    try:
        path = statements(words_of(values[0]), whole=False) if values else ()
    except Refused as refused:
        return Reply(invalid=True, wrong=refused.word or values[0])
    last = base.versions[0]
    head = f"## Last commit: {last.when:%Y-%m-%d %H:%M:%S} UTC by {last.user}\n" if not values else ""
    return Reply(output=head + base.active.text(path), views=_views(base.active, path))


def _views(tree: JunosTree, path: Path) -> Mapping[str, Callable[[], str]]:
    return {"display set": lambda: tree.set_lines(path)}


def commits(session: Session, values: tuple[str, ...]) -> Reply:
    """`show system commit`."""
    rows = ""
    for number, version in enumerate(database(session).versions):
        rows += f"{number:<4d}{version.when:%Y-%m-%d %H:%M:%S} UTC by {version.user} via cli\n"
        rows += f"    {version.comment}\n" if version.comment else ""
    return Reply(output=rows)
