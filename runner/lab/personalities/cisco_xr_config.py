"""How IOS-XR configures: lines wait in the session's own target configuration until a commit makes them effective."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from runner.lab.config_tree import ConfigTree, Edit
from runner.lab.ledger import Commit
from runner.lab.personalities import cisco_xr_lines as lines
from runner.lab.personalities import cisco_xr_words as words
from runner.lab.personalities.config_mode import Dialect
from runner.lab.personality import Committed, Question, Reply, Session

FIRST_COMMIT = 1000000001
HEAD = "!! IOS XR Configuration 7.3.2\n"
NOTHING = "% No configuration changes to commit.\n"
FAILED = (
    "\n% Failed to commit one or more configuration items during a pseudo-atomic operation. All changes made have been reverted. "
    "Please issue 'show configuration failed [inheritance]' from this session to view the errors\n"
)
ERRORS = (
    "!! SEMANTIC ERRORS: This configuration was rejected by\n!! the system due to semantic errors. The individual\n"
    "!! errors with each failed configuration command can be\n!! found below.\n\n\n"
)
OTHERS = (
    "One or more commits have occurred from other configuration sessions since this session started or since the last commit was made "
    "from this session. You can use the 'show configuration commit changes' command to browse the changes.\n"
    "Do you wish to proceed with this commit anyway? [no]: "
)
LEAVE = "Uncommitted changes found, commit them before exiting(yes/no/cancel)? [cancel]:"
COMMIT = re.compile(
    r"(?:label (?P<label>\S{1,30})\s*)?(?:comment (?P<comment>.{1,60})|confirmed(?: (?P<seconds>\d+)| minutes (?P<minutes>\d+))?)?"
)


def wait_for_commit(session: Session, edit: Edit) -> None:
    """Put a change into the target configuration."""
    session.pending.append(edit)


XR = Dialect(
    words=words.TOP,
    section_words=words.SECTION,
    alone=words.ALONE,
    sections=lines.SECTIONS,
    section_line=lines.section_line,
    place=lines.place,
    opened=lines.opened,
    check=lines.check,
    stored=lines.stored,
    edit=wait_for_commit,
    refused="% This command is not authorized\n",
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What stands behind `commit`."""

    label: str = ""
    comment: str = ""
    confirmed: int | None = None


def stamp(session: Session) -> str:
    """The time as the first line of an output."""
    now = datetime.now(UTC)
    return f"{now:%a %b} {now.day:2d} {now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC\n" if session.stamps else ""


def enter(session: Session, values: tuple[str, ...]) -> Reply:
    """Go into configuration mode with an empty target configuration."""
    session.pending.clear()
    session.seen_commits = len(session.node.commits)
    return XR.enter(session, values)


def uncommitted(session: Session) -> bool:
    """Whether a commit would change anything: entering a section that exists does not."""
    return bool(target(session).body() != session.node.config.body())


def target(session: Session) -> ConfigTree:
    """The configuration as it would be after a commit."""
    tree: ConfigTree = session.node.config.copy()
    for edit in session.pending:
        edit.on(tree)
    return tree


def end(session: Session, values: tuple[str, ...]) -> Reply:
    """Leave configuration mode, after asking what to do with lines that wait."""
    if not uncommitted(session):
        return _left(session)
    return Reply(ask=Question(text=LEAVE, then=_leave))


def up(session: Session, values: tuple[str, ...]) -> Reply:
    """Leave the section, or configuration mode when in none."""
    return XR.up(session, values) if session.section else end(session, values)


def _leave(session: Session, answer: str) -> Reply:
    word = answer.strip().lower()
    if word in ("no", "n"):
        return _left(session)
    if word not in ("yes", "y"):
        return Reply()
    reply = _commit(session, Said())
    if not reply.refused:
        _left(session)
    return reply


def _left(session: Session) -> Reply:
    session.pending.clear()
    return XR.end(session, ())


def abort(session: Session, values: tuple[str, ...]) -> Reply:
    """Leave configuration mode and forget the lines that wait."""
    return _left(session)


def clear(session: Session, values: tuple[str, ...]) -> Reply:
    """Forget the lines that wait."""
    session.pending.clear()
    XR.go(session, "config")
    return Reply()


def root(session: Session, values: tuple[str, ...]) -> Reply:
    """Go to the top of the configuration."""
    XR.go(session, "config")
    return Reply()


def user(session: Session, values: tuple[str, ...]) -> Reply:
    """`username NAME ...` in one line: what stands in the user's section."""
    XR.go(session, "config")
    wait_for_commit(session, Edit(kind="set", line=lines.stored(values[1]), section=(f"username {values[0]}",)))
    return Reply()


def commit(session: Session, values: tuple[str, ...]) -> Reply:
    """Make the target configuration effective; asks when somebody else did so meanwhile. A confirmed one is not undone by the lab."""
    match = COMMIT.fullmatch(values[0].strip() if values else "")
    if match is None:
        return Reply(invalid=True)
    seconds = int(match["minutes"]) * 60 if match["minutes"] else int(match["seconds"] or 600)
    confirmed = seconds if "confirmed" in match[0].split("comment")[0] else None
    said = Said(label=match["label"] or "", comment=(match["comment"] or "").strip('"'), confirmed=confirmed)
    if not uncommitted(session):
        return Reply(head=stamp(session), output=NOTHING, refused=True)
    if len(session.node.commits) == session.seen_commits:
        return _commit(session, said)

    def then(session: Session, answer: str) -> Reply:
        return _commit(session, said) if answer.strip().lower() in ("y", "yes") else Reply(refused=True)

    return Reply(output=stamp(session), ask=Question(text=OTHERS, then=then))


def _commit(session: Session, said: Said) -> Reply:
    typed = tuple(f"no {edit.line}" if edit.kind == "remove" else edit.line for edit in session.pending)
    tried = Commit(lines=typed, comment=said.comment, label=said.label, confirmed=said.confirmed)
    node = session.node
    if node.faults.commit_fails:
        return Reply(head=stamp(session), output=FAILED, refused=True, commit=Commit(**{**vars(tried), "done": False}))
    node.config = target(session)
    node.saved = node.config.copy()
    at = datetime.now(UTC)
    node.commits.append(Committed(user=node.device.username, line=session.line, at=at, comment=said.comment, label=said.label))
    session.pending.clear()
    session.seen_commits = len(node.commits)
    return Reply(head=stamp(session), commit=tried)


def waiting(session: Session) -> str:
    """`show configuration`: the lines that wait."""
    tree = ConfigTree("")
    for edit in session.pending if uncommitted(session) else ():
        shown = Edit(kind="set", line=f"no {edit.line}", section=edit.section) if edit.kind == "remove" else edit
        shown.on(tree)
    return f"Building configuration...\n{HEAD}{tree.body()}end\n\n"


def failed(session: Session) -> str:
    """`show configuration failed`: the lines of a commit that was refused, with what was wrong about them."""
    if not session.node.faults.commit_fails:
        return "% No such configuration item(s)\n"
    return ERRORS + waiting(session).partition(HEAD)[2].removesuffix("end\n\n") + "!!% The process rejected the configuration\nend\n\n"


def running(session: Session) -> str:
    """`show running-config`."""
    commits = session.node.commits
    when = f"{commits[-1].at:%a %b %d %H:%M:%S %Y} by {commits[-1].user}" if commits else "Mon Nov  2 08:00:00 2026 by boot"
    return f"Building configuration...\n{HEAD}!! Last configuration change at {when}\n!\n{session.node.config.body()}end\n\n"


def part(session: Session, wanted: str) -> str | None:
    """`show running-config WORDS`: what begins with these words; None when nothing does."""
    body, found, inside = session.node.config.body(), "", False
    words = " ".join(wanted.split())
    words = lines.section_line("interface", words.split(maxsplit=1)[1]) or words if words.startswith("interface ") else words
    for line in body.splitlines(keepends=True):
        if not line.startswith((" ", "!")):
            inside = line.rstrip("\n") == words or line.startswith(f"{words} ")
        found += line if inside else ""
    return f"{found}\n" if found else None


def commit_list(session: Session, *, detail: bool) -> str:
    """`show configuration commit list`, the newest first."""
    numbered = [(FIRST_COMMIT + index, each) for index, each in enumerate(session.node.commits)]
    text = "" if detail else (
        "SNo. Label/ID              User      Line                Client      Time Stamp\n"
        "~~~~ ~~~~~~~~              ~~~~      ~~~~                ~~~~~~      ~~~~~~~~~~\n"
    )  # fmt: skip
    for place, (number, each) in enumerate(reversed(numbered), start=1):
        line, when = f"vty{each.line}:node0_RP0_CPU0", f"{each.at:%a %b} {each.at.day:2d} {each.at:%H:%M:%S %Y}"
        if detail:
            text += (
                f"\n   {place:2d}) CommitId: {number:<26d} Label: {each.label or 'NONE'}\n       UserId:   {each.user:26s} Line:  {line}\n"
            )
            text += f"       Client:   {'CLI':26s} Time:  {when}\n       Comment:  {each.comment or 'NONE'}\n"
        else:
            text += f"{place:<4d} {each.label or number!s:21} {each.user:9s} {line:19s} CLI         {when}\n"
    return text
