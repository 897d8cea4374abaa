"""The front door ``statusledger``: registers every command and runs one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import typer

from statusledger.commands import (
    archive,
    asking,
    collecting,
    gate,
    importing,
    match,
    register,
    registry,
    serving,
    watch,
)
from statusledger.terminal import log_plainly, run_command

HELP = "What AI vendors' status pages said, when, what they changed, and what it adds up to."
app = typer.Typer(
    name="statusledger",
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
providers_app = typer.Typer(help="The registry of providers.")
overrides_app = typer.Typer(help="Labels set by hand, in overrides.toml.")


@app.callback(invoke_without_command=True, help=HELP)
def front_door(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version, or what there is to ask for."""
    if version:
        from ingest.runs.data_folder import code_version

        print(f"statusledger {code_version()}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


app.add_typer(providers_app, name="providers")
app.add_typer(overrides_app, name="overrides")
app.command()(collecting.up)
app.command()(serving.demo)
app.command()(collecting.collect)
app.command()(serving.dashboard)
app.command()(serving.mcp)
app.command()(asking.metrics)
app.command()(asking.report)
app.command()(register.register)
app.command()(asking.query)
app.command()(asking.health)
app.command()(gate.gate)
app.command()(watch.watch)
app.command()(match.match)
app.command("import")(importing.import_)
app.command()(archive.replay)
app.command()(archive.compact)
app.command()(archive.verify)
app.command()(archive.publish)
providers_app.command("list")(registry.list_)
providers_app.command()(registry.probe)
providers_app.command()(registry.check)
overrides_app.command("check")(registry.check_overrides)


@cache
def command_tree() -> Any:
    """Build every command with its options, from the signatures, once in a process."""
    return typer.main.get_command(app)


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the console script; always ends in ``SystemExit``."""
    log_plainly()
    sys.exit(run_command(command_tree(), argv))
