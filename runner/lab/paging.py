"""Output of any length on a terminal: page by page where it has a height, or more of it than anybody asked for."""

from __future__ import annotations

import asyncio

from runner.lab.personality import Pager
from runner.lab.terminal import INTERRUPTS, Terminal

FLOOD_LINE = b"\r\n".join(b"%04d flooded with output that nobody asked for, line after line" % number for number in range(16)) + b"\r\n"


async def page(terminal: Terminal, pager: Pager, output: str, height: int) -> None:
    """Show output, stopping after each page of `height` lines until a key; 0 never stops."""
    lines = output.splitlines(keepends=True)
    room, whole, stop = height - 1 if height else len(lines), len(lines), pager.text
    while lines:
        await terminal.text("".join(lines[:room]))
        lines = lines[room:]
        if lines:
            await terminal.text(stop.format(percent=100 * (whole - len(lines)) // whole))
            stop = pager.later or pager.text
            key = await terminal.key()
            await terminal.text(pager.erase)
            if key in pager.quit or key in INTERRUPTS:
                return
            room = 1 if key in pager.line else height - 1


async def flood(terminal: Terminal, size: float) -> None:
    """Send this many bytes; `math.inf` never ends."""
    sent = 0
    while sent < size:
        data = FLOOD_LINE[: int(min(size - sent, len(FLOOD_LINE)))]
        await terminal.write(data)
        sent += len(data)
        await terminal.pause(0)
        await asyncio.sleep(0)
    if size:
        await terminal.write(b"\r\n")
