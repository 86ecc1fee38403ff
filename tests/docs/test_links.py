"""Every link of every page leads somewhere: the file is there, and so is the heading."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Page, all_pages, page


@pytest.mark.parametrize("each", all_pages(), ids=lambda each: each.name)
def test_links_lead_somewhere(each: Page) -> None:
    wrong = [f"{each.name}:{line} {target}" for line, target in each.links() if not _leads_somewhere(each, target)]
    assert not wrong


def test_every_page_of_docs_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop().resolve()
        if path in reached or path.suffix != ".md":
            continue
        reached.add(path)
        waiting += [path.parent / target.split("#")[0] for _, target in page(path).links() if ":" not in target and target[0] != "#"]
    alone = [each.name for each in all_pages() if each.path.resolve() not in reached and "adr" not in each.path.parts]
    assert not alone


def test_a_wrong_link_is_noticed(tmp_path: Path) -> None:
    written = tmp_path / "x.md"
    written.write_text("# A page\n\n[a](x.md#a-page) [b](x.md#nowhere) [c](gone.md) `[d](code.md)`\n\n```text\n[e](block.md)\n```\n")
    each = page(written)
    assert [target for _, target in each.links()] == ["x.md#a-page", "x.md#nowhere", "gone.md"]
    assert [_leads_somewhere(each, target) for _, target in each.links()] == [True, False, False]


def _leads_somewhere(each: Page, target: str) -> bool:
    """Addresses on the network are not asked for."""
    if target.startswith(("https://", "http://")):
        return True
    name, _, anchor = target.partition("#")
    path = (each.path.parent / name).resolve() if name else each.path
    return path.exists() and (not anchor or anchor in page(path).anchors())
