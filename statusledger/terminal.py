"""Tell what commands have in common: one-line errors and exit codes, a spinner, times."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from ingest.files.disk_errors import FULL
from ingest.files.lock import LockHeldError
from ingest.models import UnansweredError, UsageError
from ingest.safe_text import strip_control

GOOD, NO, USAGE, SOME_FAILED, LOCKED, DISK, NOT_KNOWN, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130
#: Whoever read the output went away, as ``head`` does: what a shell makes of SIGPIPE.
HUNG_UP = 141


class NoArchiveError(UsageError):
    """The past is asked for where there is no archive to derive it from."""


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"statusledger: {strip_control(record.getMessage())}"


def log_plainly() -> None:
    """Send the log to standard error, a line each; a file's name may be foreign."""
    if logging.lastResort is not None:  # the handler where none is set up: standard error
        logging.lastResort.setFormatter(_OneLine())
    # What it warns of comes back as the failure of a capture; its warnings quote the server.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def fail(message: str, code: int) -> typer.Exit:
    """Print one line to standard error; raise the result."""
    print(f"statusledger: {strip_control(' '.join(message.split()))}", file=sys.stderr)
    return typer.Exit(code)


@contextmanager
def reported() -> Iterator[None]:
    """Turn what can go wrong outside the program into one line and an exit code."""
    try:
        yield
    except UsageError as error:
        raise fail(str(error), USAGE) from None
    except UnansweredError as error:
        raise fail(str(error), NO) from None
    except LockHeldError as error:
        raise fail(str(error), LOCKED) from None
    except BrokenPipeError:  # of standard output; see ``run_command``
        raise
    except PermissionError as error:
        raise fail(f"{error.filename}: permission denied", DISK) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        full = (
            "; free some and run it again: what was stored is whole" if error.errno in FULL else ""
        )
        raise fail(f"{where}{error.strerror or error}{full}", DISK) from None


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show a spinner on a terminal; elsewhere the summary line is the log."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what)
        yield lambda text: bar.update(task, description=f"{what} {strip_control(text)}")


def instant(text: str, option: str) -> datetime:
    """Read a time of the command line; a date is its first moment, no zone is UTC."""
    try:
        value = datetime.fromisoformat(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        example = "2026-03-02 or 2026-03-02T12:06:00Z"
        raise fail(f"{option} {text!r} is not a time; write {example}", USAGE) from None


@contextmanager
def snapshot_place(data: Path, as_of: str | None, at: str | None = None) -> Iterator[Path]:
    """Give the place of the snapshot: the current one, or one made of the past.

    ``as_of``: what was known then. ``at``: what had been written by then.
    """
    if as_of is None and at is None:
        yield data
        return
    known = instant(as_of, "--as-of") if as_of else None
    written = instant(at, "--at") if at else None
    with past_snapshot(data, known, written, "--as-of" if as_of else "--at") as path:
        yield path


@contextmanager
def past_snapshot(
    data: Path, known: datetime | None, written: datetime | None, asked_by: str
) -> Iterator[Path]:
    """Make a snapshot of the past for the block, and give its file.

    Args:
        data: The data folder.
        known: What was known then; None: all that is.
        written: What had been written by then; None: all that was.
        asked_by: Name of the option or argument that asks for it.

    Raises:
        NoArchiveError: The folder holds no archive.
        NothingCapturedError: Nothing was captured by then.
        OSError: The disk cannot be written.
    """
    from ingest.runs import data_folder, publishing

    if not (data / "archive").exists():
        raise NoArchiveError(f"{asked_by} needs the archive, and {data} holds none")
    with tempfile.TemporaryDirectory(prefix="statusledger-") as folder:
        path = Path(folder) / "past.duckdb"
        publishing.publish_aside(data, data_folder.registry_of(data), path, known, written)
        yield path


def run_command(tree: Callable[..., Any], argv: Sequence[str] | None) -> int:
    """Run one command line and return its exit code; wrong usage is one line.

    SIGTERM, with which services are stopped, ends it as Ctrl-C does. Where nobody reads the
    output any more it ends without a word.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = tree(argv, standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as left:  # typer makes the latter of the former
        if isinstance(left, SystemExit) and not left.code:  # and ends a completion by itself
            return GOOD
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is unwritten
        return HUNG_UP
    except typer.TyperException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "statusledger")
        fail(f"{error.format_message().rstrip('.')}; see `{command} --help`", USAGE)
        return USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:  # which is also what typer itself makes of Ctrl-C
        fail("interrupted", INTERRUPTED)
    return GOOD if code is None else int(code)
