"""The action `pause`: holds a batch, for a time or until a person says go on."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from runner.arguments import text_or_mapping
from runner.contracts import ActionContext, ActionResult, CommandResult
from runner.errors import Stopped
from runner.platforms import Platform

_STOPS = frozenset({"stop", "abort", "no", "n", "quit", "q", "exit", "cancel"})
_HOW = "Press Enter to go on, or type 'stop' to end the run: "


class PauseArguments(BaseModel):
    """A question, or a time."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=text_or_mapping)

    prompt: str = Field(default="", description="What the person is asked, or, with a time, what is said about it.")
    seconds: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="Wait that long instead of asking.")
    minutes: float | None = Field(default=None, gt=0, allow_inf_nan=False, description="The same, in minutes.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"prompt": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_time(self) -> PauseArguments:
        if self.seconds is not None and self.minutes is not None:
            raise ValueError("has both `seconds` and `minutes`; keep one")
        return self

    @property
    def wait(self) -> float:
        """Seconds to wait; 0 where a person is asked."""
        return self.seconds or 60 * (self.minutes or 0)


class Pause:
    """Hold each batch here once: for a time, or until a person at the terminal presses Enter.

    The first host of a batch that comes here asks or waits, the others of the batch wait for it, each with its session open. The
    answer `stop` (also `abort`, `no`, `quit`) ends the run. Where there is no terminal a pause that asks is refused before
    anything is touched. `pause: TEXT` is short for `pause: {prompt: TEXT}`.

    ```yaml
    - pause: "Is the traffic back?"
    - pause: {minutes: 2, prompt: OSPF settles}
    - pause: {}
    ```
    """

    name: ClassVar[str] = "pause"
    arguments: ClassVar[type[BaseModel]] = PauseArguments
    needs_session: ClassVar[bool] = False
    short_form: ClassVar[str] = "prompt"

    def writes(self, arguments: PauseArguments, platform: Platform) -> str:
        """Nothing is sent to a device."""
        return ""

    def asks(self, arguments: PauseArguments) -> bool:
        """Whether a person is asked."""
        return not arguments.wait

    def run(self, arguments: PauseArguments, context: ActionContext) -> ActionResult:
        """Ask or wait, once for the batch. Raises Stopped when the answer is to stop."""
        answer = context.once_per_batch(lambda: _pass_time(arguments, context) if arguments.wait else _ask(arguments, context))
        return ActionResult(results=(CommandResult(output=answer, item=context.item),))


def _pass_time(arguments: PauseArguments, context: ActionContext) -> str:
    said = f"{arguments.prompt.strip()}: " if arguments.prompt.strip() else ""
    context.show(f"{said}waiting {_in_words(arguments.wait)}")
    context.wait(arguments.wait)
    return ""


def _ask(arguments: PauseArguments, context: ActionContext) -> str:
    answer = context.ask(f"{arguments.prompt.strip()}\n{_HOW}" if arguments.prompt.strip() else _HOW).strip()
    if answer.lower() in _STOPS:
        raise Stopped(f"a person answered '{answer}' to a pause", hint="the tasks before it were run on this batch")
    return answer


def _in_words(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    parts = [f"{minutes:g} min"] if minutes else []
    return " ".join([*parts, f"{rest:g} s"] if rest or not parts else parts)
