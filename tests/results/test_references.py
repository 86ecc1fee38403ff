"""Every action and result handler explains itself: text with an example that is valid, and a description of each argument."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import pytest
import yaml
from pydantic import RootModel

from runner.actions.asserts import Assert
from runner.actions.commands import CommandLine, Commands
from runner.actions.debug import Debug
from runner.actions.facts import SetFact
from runner.results.expect import Expect
from runner.results.parse import Parse
from runner.results.save import Save
from runner.results.show import Print

PLUGINS: list[Any] = [Commands, SetFact, Debug, Assert, Save, Parse, Expect, Print]


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_the_examples_of_the_reference_are_valid(plugin: Any) -> None:
    text = textwrap.dedent(plugin.__doc__.partition("\n")[2])
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    document = yaml.safe_load(example)
    entries = document["on_result"] if isinstance(document, dict) else document
    assert entries
    for entry in entries:
        plugin.arguments.model_validate(entry[plugin.name])


@pytest.mark.parametrize("model", [CommandLine, *(plugin.arguments for plugin in PLUGINS)], ids=lambda model: model.__name__)
def test_every_argument_is_described_and_unknown_ones_are_refused(model: Any) -> None:
    if issubclass(model, RootModel):
        assert model.__doc__
        return
    assert model.model_config["extra"] == "forbid"
    assert model.model_config["frozen"]
    for name, field in model.model_fields.items():
        assert field.description, name


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_each_has_a_json_schema(plugin: Any) -> None:
    schema = plugin.arguments.model_json_schema()
    assert "anyOf" in schema or schema["type"] == "object"
