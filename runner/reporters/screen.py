"""The two streams of a terminal session as one screen: lines go above the live ones, colour only where it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import IO, TYPE_CHECKING, cast

from runner.reporters.line import Line, plain, wrapped
from runner.reporters.outlet import Outlet

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

STYLES = {
    "ok": "green",
    "completed": "green",
    "changed": "yellow",
    "skipped": "cyan",
    "ignored": "cyan",
    "rescued": "cyan",
    "running": "blue",
    "failed": "bold red",
    "unreachable": "bold red",
    "in_doubt": "bold magenta",
    "stopped": "yellow",
    "interrupted": "yellow",
    "paused": "yellow",
    "pending": "yellow",
    "added": "green",
    "removed": "red",
    "strong": "bold",
    "dim": "dim",
}
"""Style word -> rich style; of the sixteen basic colours only, so that the terminal's own theme decides how they look."""

_REDRAWS_PER_SECOND = 4


class Screen:
    """Writes lines to stdout and stderr. `live` gives the lines that stay at the bottom while a run goes on.

    rich is imported when the first live line is drawn or the first colour written, so a run into a pipe never loads it.
    Not thread-safe but for `live`, which is called from a thread of rich's.
    """

    def __init__(self, out: Outlet, err: Outlet, live: Callable[[int], Sequence[Line]]) -> None:
        self.out = out
        self.err = err
        self._lines = live
        self._live: Live | None = None
        self._painters: dict[Outlet, Console] = {}

    def start(self) -> None:
        """Begin to draw the live lines, where the terminal can."""
        if self._live is not None or not self.err.interactive:
            return
        from rich.live import Live

        self._live = Live(
            get_renderable=self._drawn,
            console=self._painter(self.err),
            transient=True,
            refresh_per_second=_REDRAWS_PER_SECOND,
            redirect_stdout=False,  # both would replace sys.stdout and sys.stderr for the whole process
            redirect_stderr=False,
        )
        self._live.start(refresh=True)

    def stop(self) -> bool:
        """Take the live lines away and give the cursor back; says whether there were any."""
        live, self._live = self._live, None
        if live is not None:
            live.stop()
        return live is not None

    def tell(self, lines: Iterable[Line]) -> None:
        """Progress and failures: to stderr, above the live lines, broken at blanks to the terminal's width."""
        width = self.err.width
        shown = [part for line in lines for part in wrapped(line, width)]
        if self._live is None:
            self._write(self.err, shown)
        elif shown:
            self._painter(self.err).print(self._text(shown, self.err), soft_wrap=True)

    def give(self, lines: Iterable[Line]) -> None:
        """Results: to stdout. The live lines make room for them where both streams meet on one terminal."""
        was_live = self.out.terminal and self.stop()
        self._write(self.out, lines)
        if was_live:
            self.start()

    def _write(self, outlet: Outlet, lines: Iterable[Line]) -> None:
        """Neighbouring lines without any style go as they are: a long output never passes through rich."""
        for styled, neighbours in groupby(lines, key=lambda line: outlet.colour and any(style for _, style in line)):
            if styled:
                self._painter(outlet).print(self._text([*neighbours], outlet), soft_wrap=True)
            else:
                outlet.write("".join(f"{plain(line)}\n" for line in neighbours))

    def _drawn(self) -> Text:
        return self._text(self._lines(self.err.width or 80), self.err)

    def _text(self, lines: Sequence[Line], outlet: Outlet) -> Text:
        from rich.text import Text

        text = Text(no_wrap=True, end="\n" if lines else "")
        for number, line in enumerate(lines):
            text.append("\n" if number else "")
            for piece, style in line:
                text.append(piece, STYLES.get(style) if outlet.colour else None)
        return text

    def _painter(self, outlet: Outlet) -> Console:
        """rich's console for a stream; we have decided what the stream can do, so it asks nothing of the environment."""
        if outlet not in self._painters:
            from rich.console import Console

            self._painters[outlet] = Console(
                file=cast("IO[str]", outlet),  # an Outlet has all that rich calls: write, flush, isatty, encoding
                force_terminal=outlet.interactive or outlet.colour,
                color_system="standard" if outlet.colour else None,
                no_color=not outlet.colour,
                highlight=False,
                markup=False,
                emoji=False,
                legacy_windows=False,
            )
        return self._painters[outlet]
