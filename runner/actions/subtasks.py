"""A Nornir task whose subtasks may fail quietly: Nornir itself would log a traceback, which ends on the user's terminal."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from nornir.core.exceptions import NornirSubTaskError
from nornir.core.task import MultiResult, Result, Task


class QuietTask(Task):
    """As Nornir's, for everything that runs in it. `of` makes one below a task that is under way."""

    @classmethod
    def of(cls, parent: Task, function: Callable[..., Any], arguments: dict[str, Any]) -> QuietTask:
        """A task that calls `function(task, **arguments)`. Its processors see no arguments: there may be secrets in them."""
        made = cls(
            _caught(function, arguments),
            parent.nornir,
            global_dry_run=parent.global_dry_run,
            processors=parent.processors,
            name=getattr(function, "__name__", type(function).__name__),
            severity_level=parent.severity_level,
            parent_task=parent,
        )
        made.host = parent.host
        return made

    def run(self, task: Callable[..., Any], **kwargs: Any) -> MultiResult:
        """Run a subtask, as Nornir's tasks do. Raises NornirSubTaskError when it failed."""
        name, severity = kwargs.pop("name", None), kwargs.pop("severity_level", self.severity_level)
        inner = QuietTask.of(self, task, kwargs)
        inner.name, inner.severity_level = name or inner.name, severity
        results = inner.start(self.host)
        self.results.append(results[0] if len(results) == 1 else results)  # type: ignore[arg-type]  # as Nornir does it
        if results.failed:
            raise NornirSubTaskError(task=inner, result=results)
        return results


def _caught(function: Callable[..., Any], arguments: dict[str, Any]) -> Callable[[Task], Any]:
    @functools.wraps(function, updated=())
    def call(task: Task) -> Any:
        try:
            return function(task, **arguments)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: it is this host's failure and not the end of the run
            return Result(host=task.host, failed=True, exception=error, result=None)

    return call


def flat(results: MultiResult) -> Iterator[Result]:
    """The task's own result, then those of its subtasks in the order in which they ran, at any depth."""
    for each in results:
        if isinstance(each, MultiResult):
            yield from flat(each)
        else:
            yield each
