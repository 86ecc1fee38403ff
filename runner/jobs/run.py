"""Runs a plan as a job: the one way from a plan to a record, for every door above."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from runner.events import RunFinished, RunStarted, Tell, Warned
from runner.execution.claims import Claims
from runner.execution.control import Control
from runner.execution.logins import Logins
from runner.execution.meeting import Meetings
from runner.execution.play import run_play
from runner.execution.referee import Referee
from runner.execution.shared import PlayRun
from runner.job_events import RunResumed
from runner.jobs.job import Job
from runner.jobs.recording import Begun, Recorded
from runner.jobs.secrets import Markers, all_secrets, fetch
from runner.jobs.session_logs import SessionLogs
from runner.jobs.starting import by_whom
from runner.jobs.verdict import verdict
from runner.jobs.watching import Watched, Watching
from runner.journal.record import JobRecord
from runner.leases import Leases
from runner.planning.plan import PlannedPlay
from runner.progress import Progress
from runner.reporters.fanout import Fanout
from runner.secret import Redactor
from runner.states import BAD, GOOD, HostStatus, JobStatus, exit_code
from runner.target import Target
from runner.transport.connection import GuardedNetmiko
from runner.transport.jump import Jumps
from runner.transport.keys import KeyFiles

MakeReporters = Callable[[JobRecord, Redactor], Sequence[Tell]]
"""Makes the reporters of a job from its record, which they may read when an event comes, and what masks its secrets."""


def run_job(job: Job, make_reporters: MakeReporters, control: Control) -> JobRecord:
    """Run every play of the plan and return the record, whose exit code is set. The caller closes the record.

    Raises:
        InputError: a login cannot be resolved, or a key cannot be used; no device was touched.
        StoreError: the job cannot be recorded, or is there already; no device was touched.
    """
    (targets, markers), key_files = fetch(job.plan, job.resolver), KeyFiles()
    key_files.check(targets.values())
    jumps = Jumps(job.limits, job.host_keys, key_files, control.cancelled)
    redact = Redactor(all_secrets(job.plan, targets, markers))
    begun = job.recorder.begin(_new_id(), job.plan, job.registries, redact, _halts(control)) if job.recorder else None
    record = JobRecord.of_plan(
        begun.id if begun else _new_id(),
        job.plan.playbook,
        job.plan.batch_size,
        [(batch.number, play.name, len(batch.hosts), batch.hosts) for play, batch in job.plan.batches],
        job.plan.hosts,
        redact=redact,
    )
    progress = Progress()
    for event in begun.past() if begun else ():
        record.apply(event)
        progress.apply(event)
    everybody = Fanout([record.apply, *make_reporters(record, redact)])
    tell = Recorded(begun.journal, everybody) if begun else everybody
    watched = job.watched or (Watched(wanted=begun.wanted, beat=begun.store.beat) if begun else None)
    watching = Watching(watched, record.id, control, everybody) if watched else None
    try:
        _Run(
            job=job,
            targets=targets,
            markers=markers,
            key_files=key_files,
            jumps=jumps,
            record=record,
            tell=tell,
            control=control,
            watching=watching,
            warnings=_warnings(job, redact),
            logs=SessionLogs(folder=job.output_dir, job_id=record.id, redact=redact, tell=tell) if job.session_log else None,
            begun=begun,
            progress=progress,
            leases=begun.leases(job.inventory, job.max_sessions) if begun else None,
        ).all()
    finally:
        everybody.close()
        if begun:
            begun.journal.close()
    return record


def _warnings(job: Job, redact: Redactor) -> tuple[Warned, ...]:
    warnings = []
    if redact.too_short:
        said = "a password of fewer than 4 characters is not masked where a device prints it"
        warnings.append(Warned(message=said, hint="use a longer one"))
    if job.recorder is None and job.max_sessions is not None:
        warnings.append(Warned(message="max_sessions does not hold for a run without a record", hint="leave --no-record out"))
    return tuple(warnings)


@dataclass(kw_only=True)
class _Run:
    """One run under way: the hosts that may not go on to the next play, and the clock."""

    job: Job
    targets: dict[str, Target]
    markers: Markers
    key_files: KeyFiles
    jumps: Jumps
    record: JobRecord
    tell: Tell
    control: Control
    watching: Watching | None
    warnings: tuple[Warned, ...]
    begun: Begun | None
    progress: Progress
    leases: Leases | None
    logs: SessionLogs | None = None
    claims: Claims = field(default_factory=Claims)

    def __post_init__(self) -> None:
        self.logins = Logins(self.control, rate=self.job.login_rate)
        self.referee = Referee(self.job.plan.hosts, self.control, self.job.ask, self.progress.turns)
        self.meetings = Meetings(self.control)

    def all(self) -> None:
        """Every play, then the end, told whatever happened."""
        plan, started = self.job.plan, time.monotonic()
        if self.begun and self.begun.goes_on:
            left = tuple(name for name, host in self.record.hosts.items() if host.status not in BAD | GOOD)
            self.tell(RunResumed(job_id=self.record.id, by=by_whom(), hosts=left, changed=self.begun.changed))
        self.tell(
            RunStarted(
                job_id=self.record.id,
                playbook=plan.playbook,
                total_devices=len(plan.hosts),
                total_batches=len(plan.batches),
                batch_size=plan.batch_size,
                ceiling=plan.ceiling,
            )
        )
        with self.watching or nullcontext():  # from here on, as it is now that old wishes are forgotten
            self._plays(started)

    def _plays(self, started: float) -> None:
        for warning in self.warnings:
            self.tell(warning)
        known = self._tell_of_keys(())
        broken: BaseException | None = None
        try:
            for play in self.job.plan.plays:
                if not self.control.next_batch():
                    break
                self._play(play)
        except BaseException as error:
            broken = error
        if not self.jumps.close():
            self.tell(
                Warned(message="a jump host did not confirm in time that it closed our connection", hint="look there for a session left")
            )
        self._tell_of_keys(known)
        self._finish(time.monotonic() - started, broken)
        if broken is not None and not isinstance(broken, KeyboardInterrupt):
            raise broken

    def _tell_of_keys(self, told: tuple[str, ...]) -> tuple[str, ...]:
        """What is wrong with the files of host keys, or was with keeping an accepted key, each once."""
        for message in self.job.host_keys.warnings[len(told) :]:
            self.tell(Warned(message=message))
        return self.job.host_keys.warnings

    def _play(self, play: PlannedPlay) -> None:
        job = self.job
        lost = {name for name, host in self.record.hosts.items() if host.lost_before(play.first_batch)}
        lost |= {name for name, event in self.record.busy.items() if event.batch_number < play.first_batch}  # an earlier play left it out
        alive = replace(play, batches=tuple(replace(batch, hosts=tuple(h for h in batch.hosts if h not in lost)) for batch in play.batches))
        run_play(
            PlayRun(
                plan=job.plan,
                play=alive,
                targets=self.targets,
                connect=self._session,
                limits=job.limits,
                registries=job.registries,
                templates=job.templates,
                output_dir=job.output_dir,
                claims=self.claims,
                tell=self.tell,
                control=self.control,
                logins=self.logins,
                referee=self.referee,
                meetings=self.meetings,
                secrets=self.markers,
                ask=job.ask,
                progress=self.progress,
                on_in_doubt=job.on_in_doubt,
                verdicts=job.verdicts,
                leases=self.leases,
                on_busy=job.on_busy,
            )
        )

    def _session(self, target: Target) -> GuardedNetmiko:
        job = self.job
        return GuardedNetmiko(
            target,
            job.limits,
            job.host_keys,
            self.control.cancelled,
            key_files=self.key_files,
            jumps=self.jumps,
            witness=self.logs.of(target) if self.logs else None,
        )

    def _finish(self, seconds: float, broken: BaseException | None) -> None:
        if self.watching is not None:
            self.watching.quiet()
        job, reason = self._verdict(broken)
        statuses = [host.status for host in self.record.hosts.values()]
        internal = job is JobStatus.FAILED and (broken is not None or self._record_lost != "")
        code = 1 if internal else self._exit_code(statuses, job)
        not_started = tuple(name for name, host in self.record.hosts.items() if host.status is HostStatus.PENDING)
        self.tell(
            RunFinished(
                job_id=self.record.id,
                status=job,
                reason=reason,
                exit_code=code,
                not_started=not_started,
                duration_seconds=seconds,
                files=self.claims.files,
                saved_in=str(self.job.output_dir / self.claims.common) if self.claims.files else "",
            )
        )

    def _exit_code(self, statuses: Sequence[HostStatus], job: JobStatus) -> int:
        busy = [event.decision for event in self.record.busy.values()]
        return exit_code(statuses, job=job, handler_errors=len(self.record.handler_errors), busy=busy)

    @property
    def _record_lost(self) -> str:
        return f"the record of the job could not be written: {self.begun.journal.lost}" if self.begun and self.begun.journal.lost else ""

    def _verdict(self, broken: BaseException | None) -> tuple[JobStatus, str]:
        if self._record_lost:
            return JobStatus.FAILED, self._record_lost
        return verdict(self.record, self.control, broken, self.logins.reason)


def _halts(control: Control) -> Callable[[str], None]:
    """Nothing new starts once the record has a gap; what is under way comes to its end."""

    def halt(why: str) -> None:
        control.halt(f"the record of the job cannot be written ({why})")

    return halt


def _new_id() -> str:
    """Sorts by time, is easy to say, and two started in one second differ."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
