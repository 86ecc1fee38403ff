"""What a value in YAML means is what the user gets, in templates, in files of variables and in the JSON document."""

from __future__ import annotations

from tests.project import Project

HOSTS = "r1: {hostname: 192.0.2.1, data: {vlans: {10: users, 20: {name: voice}, '30': text}}}\n"

NUMBERED = """\
- hosts: all
  vars: {areas: {0: backbone}}
  vars_files: [more.yaml]
  tasks:
    - debug: "{{ vlans[10] }} {{ host.vlans[20].name }} {{ vlans['30'] }} {{ areas[0] }} {{ racks[1][2] }} {{ extra[5] }}"
    - set_fact: {kept: {7: seven, b: "{{ vlans }}"}}
    - debug: {var: kept}
    - debug: "{{ item[1] }} {{ kept[7] }}"
      loop: [{1: one}]
      register: looped
"""


def test_numbers_as_keys_reach_templates_and_the_json_document(project: Project) -> None:
    project.write("inventory/hosts.yaml", HOSTS)
    project.write("more.yaml", "racks: {1: {2: deep}}\n")
    project.write("extra.yaml", "extra: {5: five}\n")
    project.write("x.yaml", NUMBERED)
    run = project.run("run", "x.yaml", "-e", "@extra.yaml", "--format", "json")
    assert run.code == 0, run.stderr
    assert "users voice text backbone deep five" in run.stderr and "one seven" in run.stderr
    tasks = run.json["results"]["r1"]["tasks"]
    assert tasks[1]["results"][0]["parsed"] == {"kept": {"7": "seven", "b": {"10": "users", "20": {"name": "voice"}, "30": "text"}}}
    assert project.run("plan", "x.yaml", "-e", "@extra.yaml", "--format", "json").json


def test_a_number_as_key_is_refused_with_its_place_where_keys_have_a_meaning(project: Project) -> None:
    project.write("inventory/hosts.yaml", "r1: {}\n10: {}\n")
    project.write("x.yaml", "- hosts: all\n  5: x\n  tasks: [{debug: x}]\n")
    run = project.run("plan", "x.yaml")
    assert run.code == 3
    assert "x.yaml:2:3 key '5' is a number, but a key must be text" in run.stderr
    assert "hosts.yaml:2:1 key '10' is a number, but a key must be text" in run.stderr
