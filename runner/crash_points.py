"""Places where a process can be made to die, so that tests can show what a crash there leaves behind.

Nothing happens unless the environment variable `NORNIR_PLAYBOOK_CRASH_AT` names a point when the process starts: `after_intent` kills
it with SIGKILL at the first passage, by whichever host, `after_intent:3` at the third. No handler runs, nothing is flushed, nothing
is said to a device: it is what a power cut or the kernel's out-of-memory killer does, at a known place. Not for use by people.

| point | what is known there |
|---|---|
| `before_intent` | a writing round is about to tell its intent; nothing is stored, nothing was sent |
| `after_intent` | the intent is on disk; nothing was sent |
| `mid_lines` | the device has taken one more line of configuration, and there may be more to send |
| `after_answer` | the action has read all of the device's answers; nothing of that is stored |
| `before_record` | the end of the write stands in a transaction that is not committed |
| `after_record` | the end of the write is on disk; the task has not ended |
| `in_handler` | a result handler is about to be called |
| `before_task_end` | handlers are done; the task's end is about to be told |
| `in_disconnect` | all is done and told but the host's end; its session is about to be closed |
"""

from __future__ import annotations

import itertools
import os
import signal
from typing import Literal, get_args

VARIABLE = "NORNIR_PLAYBOOK_CRASH_AT"

Point = Literal[
    "before_intent",
    "after_intent",
    "mid_lines",
    "after_answer",
    "before_record",
    "after_record",
    "in_handler",
    "before_task_end",
    "in_disconnect",
]
POINTS: tuple[Point, ...] = get_args(Point)

_NAME, _, _NTH = os.environ.get(VARIABLE, "").partition(":")
_PASSAGES = itertools.count(1)  # one step of it is whole, whichever threads pass at once


def here(point: Point) -> None:
    """Die, where this is the passage that was asked for."""
    if point == _NAME and next(_PASSAGES) == int(_NTH or 1):
        os.kill(os.getpid(), signal.SIGKILL)
