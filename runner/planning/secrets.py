"""The secrets of a play: for each host a marker that stands for each, and where the secret itself comes from."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from runner.inventory.model import Reference
from runner.planning.findings import Findings
from runner.planning.steps import bind, closure
from runner.playbook.model import Play
from runner.playbook.render import TemplateError, Templates
from runner.playbook.secret_references import REFERENCES, secret_problem, secret_reference
from runner.secret import marker


def plan_secrets(
    play: Play,
    variables: Mapping[str, Mapping[str, Any]],
    written: Mapping[str, Any],
    extra: Collection[str],
    templates: Templates,
    findings: Findings,
) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, Reference]]]:
    """The markers by name, and for each host the references by marker. Problems go to `findings`.

    Arguments:
        variables: for each host the names that have values, which references may use; those of the play among them.
        written: variables of the play whose values are templates themselves.
        extra: names of the variables that win over all.
    """
    if not play.secrets:
        return {}, {}
    nonce = secrets.token_hex(8)
    markers = {name: marker(nonce, name) for name in play.secrets}
    for name in play.secrets:
        if name in extra or name in written or name in play.vars:
            findings.add(f"'{name}' is a secret and a variable too", (*play.at, "secrets", name), hint="choose another name", key=True)
    places = {name: findings.document.where((*play.at, "secrets", name)) for name in play.secrets}
    found: dict[str, dict[str, Reference]] = {}
    for host, values in variables.items():
        found[host] = {}
        for name, text in play.secrets.items():
            at = (*play.at, "secrets", name)
            if name in values and name not in extra and name not in written and name not in play.vars:
                message = f"'{name}' is a secret and a variable of the inventory too"
                findings.add(message, at, hint="choose another name", host=host, key=True)
            try:
                names = closure(templates.names(text), written, templates)
                given = templates.render(text, bind(written, values, names, templates))
            except TemplateError as error:
                findings.add(f"secret '{name}': {error.message}", at, hint=error.hint, host=host)
                continue
            wrong = secret_problem(given) if isinstance(given, str) else "is no reference once its template is rendered"
            if wrong:
                findings.add(f"secret '{name}' {wrong}", at, hint=REFERENCES, host=host)
            else:
                found[host][markers[name]] = secret_reference(given, places[name])
    return markers, found
