"""Templates see plain values of a device, and no way leads from there to a login."""

from __future__ import annotations

import copy
import json
import operator
import pickle
from pathlib import Path
from typing import Any, cast

import pytest
from jinja2 import StrictUndefined, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from runner.inventory.view import HostView, variables_of
from tests.inventory.fleet import load

HOSTS = """\
r1:
  hostname: 192.0.2.1
  username: CANARY-user
  password: CANARY-password
  secret: CANARY-secret
  platform: ios
  groups: [core]
  data: {site: ams, keys: [1, 2], name: not this, port: 830, _hidden: 1, list: [1]}
r2: {data: {site: fra, groups: data, host: data, inventory_hostname: data}}
"""


@pytest.fixture
def view(tmp_path: Path) -> HostView:
    return HostView.of(load(tmp_path, hosts=HOSTS, groups="core: {}").devices["r1"])


def test_built_in_names_win_over_data(view: HostView) -> None:
    assert (view.name, view["name"], view.port, view.platform, view.hostname) == ("r1", "r1", 22, "cisco_ios", "192.0.2.1")
    assert view["groups"] == ["core"]
    assert (view.site, view["site"]) == ("ams", "ams")


def test_data_named_like_a_method_is_read_by_key(view: HostView) -> None:
    assert view["keys"] == [1, 2]
    assert set(dict(view)) == {"name", "hostname", "port", "platform", "groups", "site", "keys", "_hidden", "list"}


def test_it_cannot_be_changed(view: HostView) -> None:
    with pytest.raises(AttributeError):
        setattr(view, "site", "other")  # noqa: B010 - mypy takes what follows a plain assignment for unreachable
    with pytest.raises(TypeError):
        operator.setitem(cast(dict[str, Any], view), "site", "other")


def test_unknown_names_are_unknown(view: HostView) -> None:
    for name in ("nothing", "username", "_hidden", "__html__"):
        assert not hasattr(view, name)
    with pytest.raises(KeyError):
        view["username"]


def test_it_survives_copying_and_pickling(view: HostView) -> None:
    assert copy.deepcopy(view) == view
    assert pickle.loads(pickle.dumps(view)) == view  # noqa: S301 - our own bytes


def test_f66_no_template_reaches_a_login(view: HostView) -> None:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for expression in ("host.password", "host.secret", "host.username", "host['password']", "host._values", "host.dict()", "host.data"):
        with pytest.raises((UndefinedError, SecurityError)):
            environment.from_string("{{ " + expression + " }}").render(host=view)
    assert "CANARY" not in environment.from_string("{{ host }} {{ host.items() | list }} {{ host | list }}").render(host=view)
    assert "CANARY" not in json.dumps(dict(view)) + repr(view) + str(view)


def test_top_level_names_are_the_data_and_ansibles(tmp_path: Path) -> None:
    inventory = load(tmp_path, hosts=HOSTS, groups="core: {groups: [world]}\nworld: {}")
    variables = variables_of(inventory.devices["r1"], inventory)
    assert variables["site"] == "ams"
    assert variables["inventory_hostname"] == "r1"
    assert variables["group_names"] == ["core", "world"]
    assert variables["groups"] == {"all": ["r1", "r2"], "ungrouped": ["r2"], "core": ["r1"], "world": ["r1"]}
    other = variables_of(inventory.devices["r2"], inventory)
    assert (other["inventory_hostname"], other["host"].name, other["groups"]["ungrouped"]) == ("r2", "r2", ["r2"])
