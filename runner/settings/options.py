"""Every setting there is: its name, its type, its default, its description."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from runner import batches
from runner.job import OnInDoubt
from runner.leases import OnBusy
from runner.playbook.model import ConnectRetries, MaxAuthFailures, MaxFailures, Percentage
from runner.policy import OnBatchFailure


def _batch_size(value: object) -> object:
    return (batches.parse_batch_size_text(value) if isinstance(value, str) else batches.parse_batch_size(value)).as_written


Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Grace = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
LoginRate = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
BatchSize = Annotated[int | str | list[int | str], BeforeValidator(_batch_size)]


def _option(default: Any, expected: str, description: str, **limits: Any) -> Any:
    """A field with, beside its description, the words that say in an error what was expected."""
    return Field(default=default, description=description, json_schema_extra={"expected": expected}, **limits)


_SECONDS = "seconds, a number above 0 and at most 86400"


class Options(BaseModel):
    """A setting is one field: its name is the key in `nornir-playbook.toml` and, in capitals, the end of its environment variable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inventory: Path = _option(Path("inventory"), "a folder", "Folder with hosts.yaml, groups.yaml and defaults.yaml.")
    inventory_plugin: str | None = _option(
        None, "the name of a Nornir inventory plugin", "Nornir inventory plugin to load instead of a folder.", min_length=1
    )
    inventory_options: Mapping[str, Any] = _option({}, "a table", "Arguments of the inventory plugin.")
    batch_size: BatchSize = _option(batches.DEFAULT, "a batch size", 'Hosts per batch: a number, "25%", a list of both; 0 = all at once.')
    host_keys: Literal["strict", "accept-new", "ignore"] = _option(
        "strict", "one of strict, accept-new, ignore", "Unknown host keys: refused, accepted and kept, or not looked at."
    )
    known_hosts: Path | None = _option(
        None, "a file", "File of known host keys; not set = known_hosts in the inventory folder, then ~/.ssh/known_hosts."
    )
    connect_timeout: Seconds = _option(20.0, _SECONDS, "Seconds until the first prompt of a device, name resolution included.")
    command_timeout: Seconds = _option(60.0, _SECONDS, "Seconds until a command's prompt is back.")
    host_timeout: Seconds | None = _option(None, _SECONDS, "Seconds for everything on one host in one play; not set = no limit.")
    grace: Grace = _option(
        30.0,
        "seconds, a number from 0 to 86400",
        "Seconds that what writes is given to end after Ctrl-C or another wish to stop now; then it is cut, and its host in doubt.",
    )
    max_fail_percentage: Percentage | None = _option(
        None, "a percentage, a number from 0 to 100", "Stop when more than this percentage of a batch's hosts failed; not set = no limit."
    )
    max_failures: MaxFailures | None = _option(
        None,
        "a number of hosts, or a percentage such as 20%",
        "Stop when more hosts than this failed in the whole run; not set = no limit.",
    )
    any_errors_fatal: bool = _option(False, "true or false", "Stop at the first failure.")
    on_batch_failure: OnBatchFailure = _option(
        "continue", "one of continue, stop, pause", "What follows a batch in which some host failed and none ended well."
    )
    max_auth_failures: MaxAuthFailures = _option(
        3, "a whole number of at least 1", "Refused logins in a row after which the same credentials are not tried any more."
    )
    connect_retries: ConnectRetries = _option(
        0, "a whole number from 0 to 100", "Times to try again where a device cannot be reached or has no free line."
    )
    login_rate: LoginRate | None = _option(
        None, "logins per second, a number above 0", "Most logins that are begun in one second, over all hosts; not set = no limit."
    )
    on_busy: OnBusy = _option(
        "wait", "one of wait, skip, fail", "What becomes of a host on whose device another job works; fail ends the job."
    )
    max_sessions: int | None = _option(
        None, "a whole number of at least 1", "Most hosts at work at once over all jobs of one store; not set = no limit.", ge=1
    )
    output_dir: Path = _option(Path(), "a folder", "Folder that `save` writes into.")
    output_limit: int = _option(10_000_000, "bytes, a whole number of at least 1000", "Bytes kept of one command's output.", ge=1_000)
    session_log: bool = _option(
        False, "true or false", "Keep the text of every session, without its secrets, in `sessions/HOST.log` below the output folder."
    )
    format: Literal["text", "json", "ndjson"] = _option(
        "text", "one of text, json, ndjson", "What a run prints on standard output; ndjson is json where there are no events."
    )
    record: bool = _option(True, "true or false", "Record every job, so that it can be looked at, resumed and retried.")
    store: Path | str | None = _option(
        None,
        "a file, or the URL of a database",
        "Where jobs are recorded: a file on a local disk, or postgresql://...; not set = jobs.db in the user's own state folder.",
    )
    on_in_doubt: OnInDoubt = _option(
        "ask", "one of ask, verify, rerun", "What decides, when a job goes on, about a write of which nobody saw the end."
    )
    verbosity: int = _option(0, "a whole number from 0 to 4", "How much is told.", ge=0, le=4)


PATHS = frozenset({"inventory", "known_hosts", "output_dir", "store"})
"""Settings that are paths: relative to the folder of the file they stand in, else to the current directory."""

IN_FILES_ONLY = frozenset({"inventory_options"})
"""Settings that have no flag and no environment variable."""


def environment_name(name: str) -> str:
    """The environment variable of a setting."""
    return f"NORNIR_PLAYBOOK_{name.upper()}"


def expected(name: str) -> str:
    """What a setting's value must be, as the end of the sentence "expected ..."."""
    extra = Options.model_fields[name].json_schema_extra
    return str(extra["expected"]) if isinstance(extra, dict) else "another value"
