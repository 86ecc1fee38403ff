"""The Markdown pages of the project, taken apart: fenced blocks with what stands before them, links, headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TOP = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\s*$")
_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->")
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^(#+)\s+(?P<text>.+?)\s*$")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block. `mark` is the text of an HTML comment on the line before it, empty without one."""

    page: Path
    line: int
    language: str
    text: str
    mark: str = ""

    @property
    def place(self) -> str:
        """`docs/playbooks.md:12`, for messages and test ids."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str:
        """The file whose content the block shows, as a comment in its first line says it (`# inventory/hosts.yaml`)."""
        found = re.match(r"# (?P<name>[\w./-]+\.(?:yaml|toml|py|txt))\s*$", self.text.split("\n", 1)[0])
        return found["name"] if found else ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: its blocks, and its text without them."""

    path: Path
    blocks: tuple[Block, ...]
    lines: tuple[tuple[int, str], ...] = field(repr=False)

    @property
    def name(self) -> str:
        """Its path in the project."""
        return str(self.path.relative_to(ROOT))

    def links(self) -> Iterator[tuple[int, str]]:
        """Line and target of every link."""
        for number, line in self.lines:
            plain = re.sub(r"`[^`]*`", lambda code: "x" * len(code[0]), line)
            for found in _LINK.finditer(plain):
                yield number, line[found.start("target") : found.end("target")]

    def anchors(self) -> set[str]:
        """What `#...` can name: the headings as GitHub spells them, a number behind the second of two that are alike."""
        seen: Counter[str] = Counter()
        found = set()
        for _, line in self.lines:
            heading = _HEADING.match(line)
            if heading:
                name = re.sub(r"[^\w\- ]", "", heading["text"].lower()).replace(" ", "-")
                found.add(f"{name}-{seen[name]}" if seen[name] else name)
                seen[name] += 1
        return found


def page(path: Path) -> Page:
    """Take a page apart."""
    blocks: list[Block] = []
    lines: list[tuple[int, str]] = []
    inside: list[str] | None = None
    start, language, indent, mark = 0, "", 0, ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fence = _FENCE.match(line)
        if inside is not None and fence and not fence["language"]:
            text = "\n".join(each[indent:] for each in inside)
            blocks.append(Block(page=path, line=start, language=language, text=f"{text}\n" if text else "", mark=mark))
            inside, mark = None, ""
        elif inside is not None:
            inside.append(line)
        elif fence:
            inside, start, language, indent = [], number, fence["language"], len(fence["indent"])
        else:
            lines.append((number, line))
            comment = _COMMENT.fullmatch(line.strip())
            mark = comment[1] if comment else mark if not line.strip() else ""
    assert inside is None, f"{path}:{start}: the block has no end"
    return Page(path=path, blocks=tuple(blocks), lines=tuple(lines))


def all_pages() -> tuple[Page, ...]:
    """Every page of the project."""
    return tuple(page(path) for path in (*(ROOT / name for name in TOP), *sorted((ROOT / "docs").rglob("*.md"))))


def blocks(language: str) -> tuple[Block, ...]:
    """Every block in that language."""
    return tuple(block for each in all_pages() for block in each.blocks if block.language == language)
