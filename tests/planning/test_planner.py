"""The plan is complete and pure: what can be known is known, what cannot is named, what is wrong is said once for each place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.errors import InputError
from runner.jobs.prepare import Planned, read_and_plan
from runner.planning.describe import as_lines
from runner.planning.plan import Plan
from runner.planning.plan_json import as_json
from runner.settings.load import load_settings

HOSTS = """
r1: {groups: [core, ams], data: {area: 0, site: ams}}
r2: {groups: [core, lon], data: {area: 1, site: lon}}
r3: {groups: [edge, ams], data: {area: 1}}
"""
GROUPS = "core: {}\nedge: {}\nams: {}\nlon: {}\n"


def planned(folder: Path, playbook: str, **options: Any) -> Planned:
    inventory = folder / "inventory"
    inventory.mkdir(exist_ok=True)
    (inventory / "hosts.yaml").write_text(HOSTS)
    (inventory / "groups.yaml").write_text(GROUPS)
    (folder / "x.yaml").write_text(playbook)
    settings = load_settings(flags={"inventory": inventory, **options.pop("flags", {})}, environ={}, project=folder)
    return read_and_plan(folder / "x.yaml", settings, **options)


def plan(folder: Path, playbook: str, **options: Any) -> Plan:
    return planned(folder, playbook, **options).plan


def problems(folder: Path, playbook: str, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        plan(folder, playbook, **options)
    return [f"{problem.where.line if problem.where else 0} {problem.message} | {problem.hint}" for problem in caught.value.problems]


def arguments(made: Plan, host: str, task: int = 0) -> list[Any]:
    return [each.arguments for each in made.plays[0].tasks[task].steps[host].rounds]


def test_templates_are_rendered_for_each_host(tmp_path: Path) -> None:
    made = plan(tmp_path, "- hosts: all\n  tasks: [{commands: 'show ip ospf {{ area }} on {{ host.name }}'}]\n")
    assert [arguments(made, name) for name in ("r1", "r2")] == [["show ip ospf 0 on r1"], ["show ip ospf 1 on r2"]]


def test_a_task_without_names_has_one_step_for_all_hosts(tmp_path: Path) -> None:
    steps = plan(tmp_path, "- hosts: all\n  tasks: [{commands: 'show {{ 6 * 7 }}'}]\n").plays[0].tasks[0].steps
    assert steps["r1"] is steps["r2"] is steps["r3"]


PRECEDENCE = [
    ("inventory", "", {}, "0"),
    ("vars_files", "  vars_files: [v.yaml]\n", {}, "file"),
    ("play vars", "  vars: {area: play}\n", {}, "play"),
    ("vars_files over play vars", "  vars_files: [v.yaml]\n  vars: {area: play}\n", {}, "file"),
    ("template vars", "  vars: {area: '{{ site }}'}\n", {}, "ams"),
    ("extra vars over template vars", "  vars: {area: '{{ site }}'}\n", {"extra_vars": ["area=extra"]}, "extra"),
    ("extra vars", "  vars: {area: play}\n", {"extra_vars": ["area=extra"]}, "extra"),
]


@pytest.mark.parametrize(("keywords", "options", "value"), [row[1:] for row in PRECEDENCE], ids=[row[0] for row in PRECEDENCE])
def test_the_stronger_variable_wins(tmp_path: Path, keywords: str, options: dict[str, Any], value: str) -> None:
    (tmp_path / "v.yaml").write_text("area: file\n")
    made = plan(tmp_path, f"- hosts: r1\n{keywords}  tasks:\n    - commands: 'show {{{{ area }}}}'\n", **options)
    assert arguments(made, "r1") == [f"show {value}"]


def test_task_vars_win_over_play_vars_and_variables_may_use_each_other(tmp_path: Path) -> None:
    play = "- hosts: r1\n  vars: {a: '{{ b }}!', b: '{{ site }}'}\n"
    text = play + "  tasks: [{commands: 'show {{ a }} {{ c }}', vars: {c: '{{ a }}?', b: x}}]\n"
    assert arguments(plan(tmp_path, text), "r1") == ["show x! x!?"]


def test_extra_vars_win_over_task_vars(tmp_path: Path) -> None:
    text = "- hosts: r1\n  tasks: [{commands: 'show {{ a }}', vars: {a: task}}]\n"
    assert arguments(plan(tmp_path, text, extra_vars=["a=extra"]), "r1") == ["show extra"]


def test_a_variable_that_is_defined_by_itself_is_a_problem(tmp_path: Path) -> None:
    found = problems(tmp_path, "- hosts: r1\n  vars: {a: '{{ b }}', b: '{{ a }}'}\n  tasks: [{commands: 'show {{ a }}'}]\n")
    assert len(found) == 1 and "defined by itself" in found[0]


def test_an_unused_variable_that_cannot_be_rendered_is_no_problem(tmp_path: Path) -> None:
    plan(tmp_path, "- hosts: all\n  vars: {a: '{{ only_some_hosts_have_it }}'}\n  tasks: [{commands: show clock}]\n")


def test_f87_an_undefined_variable_names_the_hosts_it_is_missing_for(tmp_path: Path) -> None:
    found = problems(tmp_path, "- hosts: all\n  tasks: [{commands: 'show {{ site }}'}]\n")
    assert found == ["2 'site' is undefined, for r3 | define it in the inventory's `data`, in the play's `vars`, or with -e"]


def test_f87_all_undefined_variables_of_a_text_are_told(tmp_path: Path) -> None:
    found = problems(tmp_path, "- hosts: all\n  tasks: [{commands: 'show {{ site }} {{ room }}'}]\n")
    assert {each.partition(" | ")[0] for each in found} == {"2 'site' is undefined, for r3", "2 'room' is undefined"}


def test_a_condition_that_skips_a_host_spares_it_what_it_does_not_have(tmp_path: Path) -> None:
    made = plan(tmp_path, "- hosts: all\n  tasks: [{commands: 'show {{ site }}', when: site is defined}]\n")
    assert made.plays[0].tasks[0].steps["r3"].skipped
    assert not made.plays[0].needs_session("r3") and made.plays[0].needs_session("r1")


FIRST = "{{commands: show clock, register: it, on_result: [{{parse: {{with: json, register: rows}}}}]}}"
LATER = f"- hosts: all\n  tasks:\n    - {FIRST}\n    - {{}}\n"


@pytest.mark.parametrize(
    "task", ["debug: '{{ it.output }}'", "debug: '{{ rows }}'", "{debug: x, when: it.failed}", "{debug: x, loop: '{{ rows }}'}"]
)
def test_a_task_that_waits_for_a_result_is_named_as_such(tmp_path: Path, task: str) -> None:
    made = plan(tmp_path, LATER.format(task))
    waits = made.plays[0].tasks[1].steps["r1"].deferred
    assert waits and waits <= {"it", "rows"}
    assert "waits for" in "\n".join(as_lines(made, every_host=False))
    assert as_json(made)["plays"][0]["tasks"][1]["steps"]["r1"] == {"waits_for": sorted(waits)}


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("debug: '{{ it.output }} {{ iit }}'", "'iit' is undefined"),
        ("{debug: {mgs: '{{ it }}'}}", "mgs"),
        ("{commands: show clock, on_result: [{save: '{{ hots.name }}'}]}", "'hots' is undefined"),
        ("{commands: show clock, on_result: [{expect: {that: outptu == 1}}]}", "'outptu' is undefined"),
        ("{commands: show clock, on_result: [{save: 'x/{{ host.nonsense }}'}]}", "'nonsense' is undefined in the mapping 'host'"),
        ("{commands: show clock, on_result: [{expect: {that: host.arae == 1}}]}", "did you mean 'area'?"),
        ("{commands: show clock, on_result: [{expect: {that: true, message: \"{{ host['arae'] }}\"}}]}", "did you mean 'area'?"),
        ("{commands: show clock, on_result: [{expect: {}}]}", "nothing to check"),
        ("{commands: show clock, on_result: [{save: {path: a, apend: true}}]}", "apend"),
    ],
)
def test_what_can_be_wrong_with_a_late_task_is_found_now(tmp_path: Path, task: str, words: str) -> None:
    found = problems(tmp_path, LATER.format(task))
    assert len(found) == 1 and words in found[0], found


def test_a_name_that_is_only_asked_for_may_be_undefined_later_too(tmp_path: Path) -> None:
    plan(tmp_path, LATER.format("debug: \"{{ it.output }} {{ nothing | default('-') }}\""))
    plan(tmp_path, LATER.format("{debug: x, when: 'it.failed and nothing is not defined'}"))


def test_what_is_registered_is_not_known_in_an_earlier_task_or_in_another_play(tmp_path: Path) -> None:
    use = "{debug: '{{ it }}'}"
    assert "'it' is undefined" in problems(tmp_path, f"- hosts: all\n  tasks: [{use}, {{commands: show clock, register: it}}]\n")[0]
    assert "'it' is undefined" in problems(tmp_path, LATER.format("debug: x") + f"- hosts: all\n  tasks: [{use}]\n")[0]


def test_loops_are_unrolled_with_their_labels(tmp_path: Path) -> None:
    text = (
        "- hosts: r1\n  tasks:\n    - commands: 'show {{ item.name }}'\n      loop: [{name: a, n: 1}, {name: b, n: 2}]\n"
        "      loop_control: {label: '{{ item.name }}'}\n      when: item.n > 1\n"
    )
    rounds = plan(tmp_path, text).plays[0].tasks[0].steps["r1"].rounds
    assert [(each.label, each.arguments, bool(each.skip)) for each in rounds] == [("a", None, True), ("b", "show b", False)]


def test_a_loop_over_something_that_is_no_list_is_a_problem(tmp_path: Path) -> None:
    assert "loop needs a list" in problems(tmp_path, "- hosts: r1\n  tasks: [{commands: show clock, loop: '{{ area }}'}]\n")[0]


@pytest.mark.parametrize(("order", "hosts"), [("reverse_inventory", "r3 r2 r1"), ("sorted", "r1 r2 r3"), ("reverse_sorted", "r3 r2 r1")])
def test_order(tmp_path: Path, order: str, hosts: str) -> None:
    assert plan(tmp_path, f"- hosts: all\n  order: {order}\n  tasks: [{{debug: x}}]\n").hosts == tuple(hosts.split())


def test_shuffle_loses_nobody(tmp_path: Path) -> None:
    assert sorted(plan(tmp_path, "- hosts: all\n  order: shuffle\n  tasks: [{debug: x}]\n").hosts) == ["r1", "r2", "r3"]


def test_batches_are_numbered_through_the_plays_and_the_ceiling_is_the_largest(tmp_path: Path) -> None:
    made = plan(
        tmp_path, "- hosts: all\n  batch_size: 2\n  tasks: [{commands: show a}]\n- hosts: core\n  serial: 0\n  tasks: [{debug: x}]\n"
    )
    assert [(batch.number, batch.hosts) for _, batch in made.batches] == [(1, ("r1", "r2")), (2, ("r3",)), (3, ("r1", "r2"))]
    assert (made.ceiling, made.plays[1].ceiling) == (2, 0)


def test_a_limit_filters_and_one_that_leaves_nobody_is_a_problem(tmp_path: Path) -> None:
    text = "- hosts: core\n  tasks: [{debug: x}]\n"
    assert plan(tmp_path, text, limit="ams").hosts == ("r1",)
    assert "the limit 'edge' leaves no host in any play: play 1 is for 'core' |" in problems(tmp_path, text, limit="edge")[0]
    more = "".join(f"- name: {name}\n  hosts: [core, '!r2']\n  tasks: [{{debug: x}}]\n" for name in "abcd")
    assert "play 'a' is for 'core,!r2', play 'b' is for 'core,!r2', " in problems(tmp_path, more, limit="edge")[0]
    assert "and 1 more" in problems(tmp_path, more, limit="edge")[0]


def test_a_pattern_that_matches_nothing_is_a_problem_unless_that_is_allowed(tmp_path: Path) -> None:
    text = "- hosts: 'core,&edge'\n{}  tasks: [{{debug: x}}]\n"
    assert problems(tmp_path, text.format(""))[0].startswith("1 ")
    assert plan(tmp_path, text.format("  allow_empty: true\n")).hosts == ()


def test_mistakes_in_the_tasks_of_a_play_without_hosts_are_found_all_the_same(tmp_path: Path) -> None:
    found = problems(tmp_path, "- hosts: coer\n  tasks: [{commands: []}, {debug: {mgs: 1}}]\n")
    assert len(found) == 3


def test_tags_choose_tasks(tmp_path: Path) -> None:
    text = "- hosts: r1\n  tasks: [{debug: a, tags: a}, {debug: b, tags: [b, never]}, {debug: c}]\n"
    for options, chosen in (({}, ["a", "c"]), ({"tags": ["b"]}, ["b"]), ({"skip_tags": ["a"]}, ["c"])):
        assert [task.raw["msg"] for task in plan(tmp_path, text, **options).plays[0].tasks] == chosen


def test_a_wrong_limit_is_the_limits_fault(tmp_path: Path) -> None:
    found = problems(tmp_path, "- hosts: core\n  tasks: [{debug: x}]\n", limit="amss")
    assert found == ["0 --limit: 'amss' is no host or group of the inventory | did you mean 'ams'?"]


@pytest.mark.parametrize(
    "command",
    [
        "reload",
        "configure terminal",
        "show run | redi flash:x",
        "show run |te flash:x",
        "show run | inc x | app flash:x",
        "clear counters",
        "show clock ; reload",
    ],
)
def test_a_command_that_could_change_the_device_is_a_writing_step(tmp_path: Path, command: str) -> None:
    made = plan(tmp_path, f"- hosts: all\n  tasks: [{{commands: '{command}'}}, {{commands: show clock}}]\n")
    written, read = made.plays[0].tasks
    assert all(step.writes for step in written.steps.values()) and not any(step.writes for step in read.steps.values())
    assert made.written_hosts == ("r1", "r2", "r3")


@pytest.mark.parametrize(
    "command",
    [
        "show clock",
        "sh ip int brief",
        "display version",
        "ping 192.0.2.1",
        "show log | include up|down",
        "show run | sec ospf",
        "sh run|b router",
    ],
)
def test_a_command_that_only_shows_is_none(tmp_path: Path, command: str) -> None:
    assert not plan(tmp_path, f"- hosts: all\n  tasks: [{{commands: '{command}'}}]\n").written_hosts


def test_extra_vars(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("ports: [1, 2]\n")
    text = "- hosts: r1\n  tasks: [{commands: 'show {{ item }} {{ word }}', loop: '{{ ports }}'}]\n"
    assert arguments(plan(tmp_path, text, extra_vars=[f"@{tmp_path}/more.yaml", "word=up"]), "r1") == ["show 1 up", "show 2 up"]
    for wrong in ("word", "1=2", "@/nowhere"):
        assert problems(tmp_path, text, extra_vars=[wrong])


def test_no_log_hides_a_task_in_the_plan(tmp_path: Path) -> None:
    made = plan(tmp_path, "- hosts: all\n  tasks: [{commands: show secret, no_log: true}]\n")
    assert "show secret" not in "\n".join(as_lines(made, every_host=True)) + str(as_json(made))


def test_expressions_that_are_no_text_are_values(tmp_path: Path) -> None:
    for task in ("assert: {that: true}", "debug: {var: '5'}", "{commands: show clock, on_result: [{expect: {that: [true, 'host.name']}}]}"):
        plan(tmp_path, f"- hosts: all\n  tasks: [{task}]\n" if task[0] == "{" else f"- hosts: all\n  tasks: [{{{task}}}]\n")
