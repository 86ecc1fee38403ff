"""A template is given only what it can reach, and a secret is guarded however the template gets at it."""

from __future__ import annotations

import pytest

from runner.playbook.render import TemplateError, Templates
from runner.secret import marker

PASSWORD = marker("0123456789abcdef", "password")


def test_a_variable_named_like_one_of_our_functions_goes_before_it() -> None:
    assert Templates().render("{{ range }}", {"range": "10.0.0.1-10.0.0.9"}) == "10.0.0.1-10.0.0.9"


def test_a_filter_on_a_secret_inside_a_list_is_refused_though_the_template_names_only_the_list() -> None:
    scope = {"password": PASSWORD, "logins": [PASSWORD]}
    with pytest.raises(TemplateError, match="secret"):
        Templates().render("{{ logins[0] | upper }}", scope)


def test_a_name_like_one_that_the_template_does_not_use_is_still_the_hint() -> None:
    with pytest.raises(TemplateError, match=r"'hostnam' is undefined \(did you mean 'hostname'\?\)"):
        Templates().render("{{ hostnam }}", {"hostname": "r1"})
