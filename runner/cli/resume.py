"""`nornir-playbook resume` and `retry`: the rest of a job, and a new job for the hosts that did not succeed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli.options import ASK_ENABLE, ASK_PASS, JOB, REPORT, RUN_FORMAT, STORE, VERBOSE, YES, settings_for
from runner.cli.streams import complain, results_apart
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.events import WriteIntended
    from runner.jobs.again import Resumable
    from runner.progress import Place

ON_IN_DOUBT = click.option(
    "--on-in-doubt",
    type=click.Choice(["ask", "verify", "rerun"]),
    help="What decides about a write of which nobody saw the end: a person, the task's own `verify`, or doing it again where the "
    "task is `idempotent`. [ask]",
)


@click.command(short_help="Go on with a job that was stopped, paused or cut off.")
@JOB
@ON_IN_DOUBT
@click.option("--accept-changes", is_flag=True, help="Go on although playbook, inventory or variables are different now.")
@ASK_PASS
@ASK_ENABLE
@YES
@STORE
@RUN_FORMAT
@REPORT
@VERBOSE
def resume(
    job: str, accept_changes: bool, ask_pass: bool, ask_enable: bool, yes: bool, reports: tuple[str, ...], verbose: int, **flags: Any
) -> int:
    """Go on with JOB: an id, the beginning of one, or `last`.

    \b
    nornir-playbook resume last
    nornir-playbook resume last --on-in-doubt verify

    The hosts that have not ended are run, in the same order and the same batches. What was written is not written again. A host
    that was cut off while it was written to is in doubt: it is left alone until somebody, or something, has looked at it.
    """
    from runner.cli.ask import can_ask
    from runner.cli.session import Choices, run_and_report
    from runner.jobs.again import resumable
    from runner.jobs.recording import Recorder, open_store
    from runner.store.reading import find

    now = {**_shown(flags, verbose), "on_in_doubt": flags.get("on_in_doubt")}
    with open_store(settings_for(Path.cwd(), store=flags["store"]), create=False) as store:
        with results_apart():
            found = resumable(store, find(store, job), now, can_ask=can_ask())
        if found.changed and not accept_changes:
            raise _changed(found)
        choices = Choices(ask_pass=ask_pass, ask_enable=ask_enable, yes=yes, reports=reports, grouped=found.job.start.kind == "exec")
        recorder = Recorder(store=store, start=found.job.start, again=found.job.id, seen=found.seen, changed=found.changed)
        verdicts = _verdicts(found)
        return run_and_report(found.planned, choices, recorder, verdicts, _still_at_work(found, verdicts))


@click.command(short_help="Run a job's failed, unreachable and not started hosts as a new job.")
@JOB
@click.option("--only", metavar="WORDS", multiple=True, help="Which hosts: failed, unreachable, not-started, in-doubt. [the first three]")
@click.option("--batch", type=click.IntRange(min=1), metavar="N", help="Only hosts of this batch.")
@ASK_PASS
@ASK_ENABLE
@YES
@STORE
@RUN_FORMAT
@REPORT
@VERBOSE
def retry(
    job: str,
    only: tuple[str, ...],
    batch: int | None,
    ask_pass: bool,
    ask_enable: bool,
    yes: bool,
    reports: tuple[str, ...],
    verbose: int,
    **flags: Any,
) -> int:
    """Run the hosts of JOB that did not succeed, from the beginning, as a new job that names the old one.

    \b
    nornir-playbook retry last
    nornir-playbook retry last --only unreachable

    Playbook and inventory are read as they are now. Hosts in doubt are only taken with --only in-doubt: they may have been written to.
    """
    from runner.cli.ask import can_ask
    from runner.cli.session import Choices, run_and_report
    from runner.jobs.again import retried
    from runner.jobs.recording import Recorder, open_store
    from runner.store.reading import find

    with open_store(settings_for(Path.cwd(), store=flags["store"]), create=False) as store:
        old = find(store, job)
        with results_apart():
            planned, start = retried(store, old, _shown(flags, verbose), _words(only), batch, can_ask=can_ask())
        choices = Choices(ask_pass=ask_pass, ask_enable=ask_enable, yes=yes, reports=reports, grouped=start.kind == "exec")
        return run_and_report(planned, choices, Recorder(store=store, start=start, parent=old.id))


def _shown(flags: dict[str, Any], verbose: int) -> dict[str, Any]:
    """The settings that may be given anew: how the run is shown."""
    return {"format": flags.get("format_"), "verbosity": verbose or None}


def _words(texts: tuple[str, ...]) -> tuple[str, ...]:
    from runner.documents.suggest import did_you_mean
    from runner.jobs.again import RETRIED

    words = tuple(word.strip() for text in texts for word in text.split(",") if word.strip())
    for word in words:
        if word not in RETRIED:
            raise InputError(f"--only: there is no '{word}'", hint=did_you_mean(word, RETRIED) or f"known: {', '.join(RETRIED)}")
    return words


def _changed(found: Resumable) -> InputError:
    shown = "; ".join(found.changed[:5]) + (f"; and {len(found.changed) - 5} more" if len(found.changed) > 5 else "")
    hint = f"put it back, or run it as it is now: nornir-playbook resume {found.job.id} --accept-changes"
    return InputError(f"job {found.job.id} would not be the same any more: {shown}", hint=hint)


def _verdicts(found: Resumable) -> dict[Place, str]:
    """What a person says about each write in doubt; nothing where nobody can be asked or something else decides."""
    from runner.cli.ask import ask_line, can_ask
    from runner.reporters.escape import escape
    from runner.reporters.job_page import was_sent

    if not found.doubts or found.planned.settings.options.on_in_doubt != "ask":
        return {}
    if not can_ask():
        for intent, came_to in found.doubts:
            complain(f"{_cut_off(intent, came_to)}. It stays in doubt: there is no terminal to ask at")
        complain("  --on-in-doubt verify asks the devices, where the task says how")
        return {}
    said: dict[Place, str] = {}
    answers = {"d": "done", "done": "done", "n": "not_done", "not done": "not_done", "l": "", "leave": ""}
    for intent, came_to in found.doubts:
        complain(f"{escape(_cut_off(intent, came_to))}. It was to send:")
        for line in was_sent(intent, found.job):
            complain("".join(text for text, _ in line))
        question = f"{intent.host}: is it done on the device? [d]one, [n]ot done, [l]eave it:"
        while (answer := ask_line(question, lambda: True).strip().lower()) not in answers:
            complain("please answer d, n or l")
        if answers[answer]:
            said[(intent.host, intent.batch_number, intent.index, intent.place)] = answers[answer]
    return said


def _still_at_work(found: Resumable, verdicts: Mapping[Place, str]) -> frozenset[str]:
    """The hosts that may be written to now: those left, and those in doubt about which somebody or something decides."""
    asked = found.planned.settings.options.on_in_doubt == "ask"
    decided = {host for host, *_ in verdicts} if asked else {intent.host for intent, _ in found.doubts}
    return frozenset(decided.union(found.left))


def _cut_off(intent: WriteIntended, came_to: str) -> str:
    """What is in doubt, as a sentence without its end."""
    lines = f" ({intent.lines} line{'s' if intent.lines > 1 else ''})" if intent.lines else ""
    return f"{intent.host}: task '{intent.task}'{lines} was cut off" + (f": {came_to}" if came_to else "")
