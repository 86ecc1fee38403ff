"""`nornir-playbook db`: where jobs are recorded, whether that is in order, and how to keep it so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli.options import FORMAT, STORE, settings_for
from runner.cli.streams import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.settings.load import Settings
    from runner.store.place import Place
    from runner.store.pruning import Old

UNSOUND = 2
"""The exit code of `db check` where something is not as it should be."""


@click.group(short_help="The store that jobs are recorded in.")
def db() -> None:
    """The store that jobs are recorded in: a file, or a database in PostgreSQL.

    \b
    nornir-playbook db path                            where it is
    nornir-playbook db check                           whether it is in order
    nornir-playbook db prune --older-than 90d          remove old jobs with their outputs
    """


@db.command(short_help="Say where it is.")
@STORE
@FORMAT
def path(store: str | None, format_: str | None) -> None:
    """Say where jobs are recorded. A password in a URL is not shown."""
    settings, place = _place(store, format_)
    if settings.options.format == "text":
        show(str(place))
        return
    there = place.file.exists() if place.file is not None else None
    show(json.dumps({"store": str(place), "outputs": _text(place.outputs), "exists": there}, indent=2))


@db.command(short_help="Look whether it is in order.")
@STORE
@FORMAT
def check(store: str | None, format_: str | None) -> int:
    """Look the whole store through, and say of each thing that is not as it should be how to mend it.

    It changes nothing and keeps no job from running. The exit code is 0 where all is well, else 2.
    """
    from runner.reporters.escape import one_line
    from runner.store.checking import check as findings_of

    settings, place = _place(store, format_)
    found = findings_of(place, _command(store))
    if settings.options.format != "text":
        show(json.dumps({"store": str(place), "findings": [vars(each) for each in found]}, indent=2))
        return UNSOUND if found else 0
    for each in found:
        show(one_line(f"{each.kind}: {each.what}"))
        show(one_line(f"  mend: {each.mend}"))
    show(f"{place}: {_count(len(found), 'finding') if found else 'in order'}")
    return UNSOUND if found else 0


@db.command(short_help="Make the tables for looking things up anew.")
@STORE
@FORMAT
def rebuild(store: str | None, format_: str | None) -> None:
    """Make the state of every job, batch and host anew from the job's events, which are the truth, in one transaction."""
    from runner.store.rebuilding import differences
    from runner.store.rebuilding import rebuild as rebuilt
    from runner.store.store import Store

    settings, place = _place(store, format_)
    with Store(place, create=False) as opened:
        wrong = differences(opened)
        jobs = rebuilt(opened)
    if settings.options.format != "text":
        show(json.dumps({"jobs": jobs, "mended": [*wrong]}, indent=2))
        return
    show(f"{_count(jobs, 'job')} made anew from their events, of which {len(wrong)} had been otherwise")


@db.command(short_help="Bring an older store to this version.")
@STORE
@FORMAT
def upgrade(store: str | None, format_: str | None) -> None:
    """Bring a store that an older version has made to this one, which also happens when a job is recorded.

    A file is copied beside itself before. Without a running job only.
    """
    from runner.store.store import Store
    from runner.store.tables import VERSION

    settings, place = _place(store, format_)
    copies = _copies(place)
    with Store(place, create=False):
        copied = [str(each) for each in _copies(place) if each not in copies]
    if settings.options.format != "text":
        show(json.dumps({"store": str(place), "version": VERSION, "copy": copied[0] if copied else None}, indent=2))
        return
    show(f"{place} is of version {VERSION}" + (f"; as it was before it lies in {copied[0]}" if copied else ""))


@db.command(short_help="Remove old jobs with their outputs.")
@click.option("--older-than", metavar="TIME", help="Jobs that ended longer ago than this: 90d, 12h, 4w. [none: only lost outputs]")
@click.option("--all", "everything", is_flag=True, help="Jobs too that could be resumed, or that have hosts in doubt.")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@STORE
@FORMAT
def prune(older_than: str | None, everything: bool, yes: bool, store: str | None, format_: str | None) -> int:
    """Remove jobs that ended long ago, with their outputs, and outputs that belong to no job.

    A job that runs is never removed. One that is paused, stopped or interrupted, or that has a host in doubt, only with --all.
    """
    from datetime import UTC, datetime

    from runner.store.pruning import old_jobs, remove_orphans
    from runner.store.pruning import prune as pruned
    from runner.store.store import Store

    age = _age(older_than)
    settings, place = _place(store, format_)
    with Store(place, create=False) as opened:
        opened.settle()
        found = () if age is None else old_jobs(opened, datetime.now(UTC) - age, everything=everything)
        if found and not yes and not _agreed(found, place):
            show("nothing was removed")
            return 0
        removed = pruned(opened, found, everything=everything)
        orphans, freed = remove_orphans(opened)
    size = sum(each.bytes for each in removed) + freed
    if settings.options.format != "text":
        show(json.dumps({"removed": [each.id for each in removed], "orphans": orphans, "bytes": size}, indent=2))
        return 0
    lost = f" and {_count(orphans, 'lost output')}" if orphans else ""
    show(f"removed {_count(len(removed), 'job')}{lost}: {_size(size)}")
    return 0


def _place(store: str | None, format_: str | None) -> tuple[Settings, Place]:
    from runner.settings.project import default_store
    from runner.store.place import Place

    settings = settings_for(Path.cwd(), store=store, format=format_)
    given = settings.options.store or default_store()
    return settings, Place.of(str(given.absolute() if isinstance(given, Path) else given))


def _command(store: str | None) -> Callable[[str], str]:
    """Makes a command for the same store of its name; a URL, which may hold a password, is not said again."""
    import shlex

    behind = "" if store is None else " --store URL" if "://" in store else f" --store {shlex.quote(store)}"
    return lambda word: f"nornir-playbook db {word}{behind}"


def _agreed(found: tuple[Old, ...], place: Place) -> bool:
    """Whether the person at the terminal wants it. Raises InputError where there is none."""
    from runner.cli.ask import ask_yes_no, can_ask
    from runner.cli.signals import interruptible
    from runner.errors import InputError

    what = f"{_count(len(found), 'job')} ({_size(sum(each.bytes for each in found))})"
    if not can_ask():
        raise InputError(f"this would remove {what} from {place}, and there is no terminal to ask at", hint="give --yes to remove them")
    with interruptible():
        return ask_yes_no(f"Remove {what}, the oldest of {found[0].ended[:10]}, the newest of {found[-1].ended[:10]}?", lambda: True)


def _age(text: str | None) -> Any:
    """The timedelta that is meant. Raises InputError."""
    import re
    from datetime import timedelta

    from runner.errors import InputError

    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,5})([hdw])", text.strip())
    if match is None:
        raise InputError(f"'{text}' is not a time", hint="expected a whole number and h, d or w: 90d")
    return timedelta(**{{"h": "hours", "d": "days", "w": "weeks"}[match[2]]: int(match[1])})


def _copies(place: Place) -> list[Path]:
    return [] if place.file is None else sorted(place.file.parent.glob(f"{place.file.name}.before-*"))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _size(number: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
