"""Junos's configuration mode: entering and leaving it, moving in it, and the lines that change the candidate."""

from __future__ import annotations

from runner.lab.personalities.juniper_junos_database import Database, Editor, Kind
from runner.lab.personalities.juniper_junos_tree import Path, Refused, statements, words_of
from runner.lab.personality import Handler, Question, Reply, Session

CHANGED = "The configuration has been changed but not committed\n"
CHOICE = {"": True, "y": True, "yes": True, "n": False, "no": False}


def database(session: Session) -> Database:
    """The device's configuration database."""
    config = session.node.config
    assert isinstance(config, Database)  # noqa: S101  # these are the handlers of Junos
    return config


def enter(kind: Kind) -> Handler:
    """Go into configuration mode."""

    def run(session: Session, values: tuple[str, ...]) -> Reply:
        base, line = database(session), session.line
        if session.node.faults.no_config:
            return Reply(output="error: permission denied: configure\n")
        problem = _entry_problem(base, line, kind)
        if problem:
            return Reply(output=problem)
        others = _others(base, line)
        changed = CHANGED if base.is_changed(line) else ""
        base.enter(line, session.node.device.username, kind)
        session.mode, session.section, session.place = "config", (), ""
        warning = "" if kind == "shared" else "warning: uncommitted changes will be discarded on exit\n"
        return Reply(output=f"{warning}Entering configuration mode\n{others}{changed if kind == 'shared' else ''}")

    return run


def _entry_problem(base: Database, line: int, kind: Kind) -> str:
    if kind == "shared":
        return ""
    if (holder := base.locked_by(line)) is not None:
        return _locked(holder)
    which = "shared configuration database" if kind == "private" else "configuration database"
    return f"error: {which} modified\n" if base.is_changed(line) else ""


def _others(base: Database, line: int) -> str:
    rows = "".join(_editor(number, editor) for number, editor in sorted(base.editors.items()) if number != line)
    return f"Users currently editing the configuration:\n{rows}" if rows else ""


def _editor(number: int, editor: Editor) -> str:
    kind = "" if editor.kind == "shared" else f"{editor.kind} "
    since = f"{editor.since:%Y-%m-%d %H:%M:%S} UTC"
    return f"  {editor.user} terminal pts/{number} (pid {4000 + number}) on since {since}\n      {kind}[edit{editor.place}]\n"


def _locked(holder: Editor) -> str:
    return f"error: configuration database locked by:\n{_editor(0, holder)}"


def status(session: Session, values: tuple[str, ...]) -> Reply:
    """Who edits the configuration."""
    rows = "".join(_editor(number, editor) for number, editor in sorted(database(session).editors.items()))
    return Reply(output=f"Users currently editing the configuration:\n{rows}")


def leave(session: Session, values: tuple[str, ...]) -> Reply:
    """Out of configuration mode, after a question when something waits for a commit."""
    base = database(session)
    if not base.is_changed(session.line):
        return _left(session, "")
    kind = base.editors[session.line].kind
    asked = "Exit with uncommitted changes?" if kind == "shared" else "Discard uncommitted changes?"

    def then(session: Session, answer: str) -> Reply:
        choice = CHOICE.get(answer.strip().lower())
        if choice is None:
            return Reply(ask=question)
        discarded = "" if kind == "shared" else "warning: discarding uncommitted changes\nload complete\n"
        return _left(session, discarded) if choice else Reply()

    question = Question(text=f"{asked} [yes,no] (yes) ", then=then)
    return Reply(output=CHANGED, ask=question)


def _left(session: Session, before: str) -> Reply:
    close(session)
    session.mode, session.section, session.place = "exec", (), ""
    return Reply(output=f"{before}Exiting configuration mode\n")


def close(session: Session) -> None:
    """The session has ended, or edits no more."""
    database(session).leave(session.line)


def _go(session: Session, path: Path) -> Reply:
    session.section, session.place = path, "".join(f" {each}" for each in path)
    if (editor := database(session).editors.get(session.line)) is not None:
        editor.place = session.place
    return Reply()


def top(session: Session, values: tuple[str, ...]) -> Reply:
    """To the top of the configuration."""
    return _go(session, ())


def up(session: Session, values: tuple[str, ...]) -> Reply:
    """So many levels up, one without a number."""
    if values and not values[0].isdecimal():
        return Reply(invalid=True)
    return _go(session, session.section[: -int(values[0]) or None] if values else session.section[:-1])


def back(session: Session, values: tuple[str, ...]) -> Reply:
    """To the top, or out of configuration mode when there."""
    return _go(session, ()) if session.section else leave(session, values)


def edit(session: Session, values: tuple[str, ...]) -> Reply:
    """Go to a level, which need not exist yet."""
    try:
        return _go(session, (*session.section, *statements(words_of(values[0]), session.section)))
    except Refused as refused:
        return _complaint(session, "edit", values[0], refused)


def store(session: Session, values: tuple[str, ...]) -> Reply:
    """`set ...`: change the candidate."""
    return _change(session, "set", values[0])


def remove(session: Session, values: tuple[str, ...]) -> Reply:
    """`delete ...`: change the candidate."""
    return _change(session, "delete", values[0])


def remove_all(session: Session, values: tuple[str, ...]) -> Reply:
    """`delete` alone: everything below this level, after a question."""

    def then(session: Session, answer: str) -> Reply:
        if CHOICE.get(answer.strip().lower() or "no"):
            candidate = database(session).candidate(session.line)
            candidate.tree.delete(session.section)
            candidate.lines.append("delete")
            return Reply()
        return Reply(refused=True)

    asked = "This will delete the entire configuration\nDelete everything under this level? [yes,no] (no) "
    return Reply(ask=Question(text=asked, then=then))


def _change(session: Session, word: str, text: str) -> Reply:
    base = database(session)
    if (holder := base.locked_by(session.line)) is not None:
        return Reply(output=_locked(holder), refused=True)
    candidate, output = base.candidate(session.line), ""
    try:
        path = (*session.section, *statements(words_of(text), session.section, whole=word == "set"))
    except Refused as refused:
        return _complaint(session, word, text, refused)
    if word == "set":
        candidate.tree.set(path)
    elif not candidate.tree.delete(path):
        output = "warning: statement not found\n"
    candidate.lines.append(f"{word} {text}")
    return Reply(output=output)


def _complaint(session: Session, word: str, text: str, refused: Refused) -> Reply:
    if refused.message:
        return Reply(output=f"{refused.message}\n", refused=True)
    if refused.word:
        return Reply(invalid=True, wrong=refused.word)
    node = session.node
    column = len(f"{node.device.username}@{node.config.hostname}# {word} {text}")
    return Reply(output=f"{' ' * column}^\nmissing argument.\n", refused=True)
