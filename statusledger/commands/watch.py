"""Command ``watch``: what each channel would be told, and whether it can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ingest.safe_text import strip_control
from statusledger import options
from statusledger.terminal import GOOD, NO, USAGE, fail, reported

if TYPE_CHECKING:
    from statusledger.alerts.channels import Channel


def watch(*, test: options.TestChannel = None, data: options.Data) -> None:
    """Show what each channel of watch.toml would be told now; nothing is sent.

    With --test one channel is sent a message that says it is a test. Exit 1 when a channel cannot
    be used, or took no message.
    """
    from analytics import open_snapshot
    from ingest.runs import data_folder
    from statusledger.alerts.channels import read_channels
    from statusledger.alerts.delivery import preview, send_test
    from statusledger.alerts.watchlist import FILE, WEBHOOK, WatchError

    bad = False
    with reported():
        channels = read_channels(data, data_folder.registry_of(data))
        if not channels:
            raise fail(f"no channel: set {WEBHOOK}, or name one in {data / FILE}", NO)
        if test is not None:
            named = {one.name: one for one in channels}
            if test not in named:
                raise fail(f"no channel {test!r}: one of {', '.join(named)}", USAGE)
            if trouble := send_test(named[test], data_folder.now()):
                raise fail(f"{_name(named[test])}: {trouble}", NO)
            print(f"{_name(named[test])}: sent")
            return
        with open_snapshot(data) as snapshot:
            for channel in channels:
                print(_name(channel))
                try:
                    channel.require_secrets()
                except WatchError as error:
                    print(f"    cannot be used: {error}")
                    bad = True
                texts = preview(snapshot, data, channel, data_folder.now)
                for line in "\n".join(texts or ["Nothing to tell now."]).splitlines():
                    print(f"    {strip_control(line)}".rstrip())
    raise typer.Exit(NO if bad else GOOD)


def _name(channel: Channel) -> str:
    """Say in a line what a channel is, and when it is told."""
    when = f", each day at {channel.digest:%H:%M} {channel.zone}" if channel.digest else ""
    brief = f", the brief of each {channel.brief}" if channel.brief else ""
    where = f" at {channel.host}" if channel.host else ""
    return f"{channel.name}: {channel.kind}{where}{when}{brief}"
