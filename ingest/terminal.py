"""What a terminal shows around a command: one-line errors, a spinner, times as typed."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ingest.oneline import plainly

GOOD, NO, USAGE, SOME_FAILED, LOCKED, DISK, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"statusledger: {plainly(record.getMessage())}"


def log_plainly() -> None:
    """Send what is logged to standard error, a line each; the file named may be a stranger's."""
    if logging.lastResort is not None:  # the handler where none is set up: standard error
        logging.lastResort.setFormatter(_OneLine())
    # What it warns of comes back as the failure of a capture; its warnings quote the server.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def fail(message: str, code: int) -> typer.Exit:
    """Print one line to standard error; raise the result."""
    print(f"statusledger: {plainly(' '.join(message.split()))}", file=sys.stderr)
    return typer.Exit(code)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """A spinner on a terminal; silence elsewhere, where the summary line is the log."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what)
        yield lambda text: bar.update(task, description=f"{what} {plainly(text)}")


def instant(text: str, option: str) -> datetime:
    """A time given on the command line; a date means its first moment, no zone means UTC."""
    try:
        value = datetime.fromisoformat(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        example = "2026-03-02 or 2026-03-02T12:06:00Z"
        raise fail(f"{option} {text!r} is not a time; write {example}", USAGE) from None


def run_command(app: typer.Typer, argv: Sequence[str] | None) -> int:
    """Run one command line and return its exit code; wrong usage is one line.

    SIGTERM, with which services are stopped, ends it as Ctrl-C does.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(argv, standalone_mode=False)
    except typer.TyperException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "statusledger")
        fail(f"{error.format_message().rstrip('.')}; see `{command} --help`", USAGE)
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:  # which is also what typer itself makes of Ctrl-C
        fail("interrupted", INTERRUPTED)
    return GOOD if code is None else int(code)


def default_data() -> Path:
    """``STATUSLEDGER_DATA``, else ``data/`` of a checkout, else the user's data folder."""
    if stated := os.environ.get("STATUSLEDGER_DATA"):
        return Path(stated)
    checkout = Path(__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").exists():
        return checkout / "data"
    return Path(platformdirs.user_data_dir("statusledger"))
