"""The action `save_config`: makes the configuration in force survive a restart."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from runner.actions.saving import save, unsavable
from runner.contracts import ActionContext, ActionResult, CommandResult
from runner.platforms import Platform


class SaveConfigArguments(BaseModel):
    """Nothing has to be said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timeout: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Seconds until saving counts as hung; default: the session's own limit."
    )


class SaveConfig:
    """Save the running configuration, so that it survives a restart.

    It counts as a change, as it does in Ansible: whether the saved configuration was the same before is not looked at. A platform
    that has nothing to save, because a commit is there to stay, is refused before anything is touched.

    ```yaml
    - save_config: {}
    ```
    """

    name: ClassVar[str] = "save_config"
    arguments: ClassVar[type[BaseModel]] = SaveConfigArguments
    needs_session: ClassVar[bool] = True

    def writes(self, arguments: SaveConfigArguments, platform: Platform) -> str:
        """It always does."""
        return "save_config writes the startup configuration"

    def unsupported(self, arguments: SaveConfigArguments, platform: Platform) -> str:
        """Platforms on which there is nothing to save, or nobody knows how."""
        return unsavable(platform)

    def run(self, arguments: SaveConfigArguments, context: ActionContext) -> ActionResult:
        """Save it, and fail when the device does not say that it did."""
        if complaint := unsavable(context.platform):
            return ActionResult(failed=True, reason=complaint)
        reply, words = save(context.session, context.platform, arguments.timeout)
        result = CommandResult(
            command=reply.command,
            output=reply.output,
            duration_seconds=reply.duration_seconds,
            item=context.item,
            truncated=reply.truncated,
        )
        if words:
            return ActionResult(results=(result,), failed=True, reason=f"the configuration could not be saved: {words}")
        return ActionResult(results=(result,), changed=True)
