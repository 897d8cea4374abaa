"""Options of the command line, each declared once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analytics.metrics.catalogue import MEASUREMENTS
from analytics.question import CLASSES, DEFAULT_DAYS, MAINTENANCE, RELIABILITY
from analytics.rules import CUSTOM, HEADLINE, RULES
from ingest.models import State
from statusledger.completion import metrics_like, providers_like
from statusledger.own_folder import default_data

DATE = "DATE"
#: What counts as trouble with the service unless told otherwise, as the option takes it.
TROUBLE = ",".join(RELIABILITY)
#: States that may count as up, mildest first, and the worst that does unless told otherwise.
LIMITS = (State.OPERATIONAL, State.MAINTENANCE, State.DEGRADED, State.PARTIAL)
LIMIT = State.DEGRADED


class Format(StrEnum):
    """Record of how rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class Engine(StrEnum):
    """Name what works a metric out."""

    POLARS = "polars"
    SPARK = "spark"


Data = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Folder that holds the archive and the snapshots.",
        default_factory=default_data,
        readable=False,  # a folder that may not be read is no wrong word: exit 5
        show_default="data/ in a checkout, else the user's data folder",
        envvar="STATUSLEDGER_DATA",
    ),
]
Slugs = Annotated[
    list[str] | None,
    typer.Argument(metavar="SLUG", help="Default: the starters.", autocompletion=providers_like),
]
Every = Annotated[bool, typer.Option("--all", help="Every page that can be read.")]
Backfill = Annotated[
    bool, typer.Option("--backfill", help="Also read what is left of the past; resumable.")
]
Shard = Annotated[str | None, typer.Option(metavar="I/N", help="The I-th of N equal shares.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object per page.")]
DemoIfOffline = Annotated[
    bool, typer.Option("--demo-if-offline", help="Without a network, show the demo instead.")
]
Demo = Annotated[
    bool, typer.Option("--demo", help="Read the invented world of the demo, not your own data.")
]
Interval = Annotated[
    int, typer.Option(metavar="N", help="Most seconds between rounds, 60 or more.", min=60)
]
Payloads = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH...", help="Files, folders or .tar.xz series."),
]
Manifest = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="CSV with a head, or a JSON list: file, provider, captured_at, and where needed "
        "platform, page, complete_since.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would come of it and write nothing.")
]
OwnProvider = Annotated[
    str | None, typer.Option(metavar="SLUG", help="The provider they belong to.")
]
OwnPlatform = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Engine; default: the one whose form each payload has."),
]
OwnPage = Annotated[
    str | None,
    typer.Option(metavar="KEY", help="Page key; default: the page whose form each payload has."),
]
Kind = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="KIND",
        help="probe: rows of your own probes (at, target, ok, latency_ms), with --surface.",
    ),
]
Probed = Annotated[
    str | None, typer.Option("--surface", metavar="NAME", help="With --as probe: what they asked.")
]
CapturedAt = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Time of capture; default: the UTC stamp in each name."),
]
CompleteSince = Annotated[
    str | None,
    typer.Option(metavar=DATE, help="Complete from, as YYYY-MM-DD; default: their own horizon."),
]
Aside = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the snapshot here and leave the current one."),
]
Release = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Also write the tables there as Parquet files."),
]
Site = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Also write static files there: feeds, a calendar, gauges, badges, the league table.",
    ),
]
WithText = Annotated[
    bool, typer.Option("--with-text", help="With the providers' wording, which is theirs.")
]
NoPublish = Annotated[bool, typer.Option("--no-publish", help="Leave the snapshot as it is.")]
Form = Annotated[Format, typer.Option("--format", help="How to print the rows.")]
Raw = Annotated[
    bool, typer.Option("--raw", help="Print fractions and seconds, not percent and durations.")
]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file instead.")]
EngineName = Annotated[
    Engine,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="polars works it out on this machine; spark on the master that your Spark "
        "configuration names, else here, from a Parquet release in --data.",
    ),
]
#: A date, or a date and a time; see ``instant``.
TIME = "TIME"
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar=TIME,
        help="What was known then, by the captures made until then (needs the archive): "
        "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ.",
    ),
]
At = Annotated[
    str | None,
    typer.Option(metavar=TIME, help="Only what had been written by then (needs the archive)."),
]
Metric = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help=f"One of {', '.join(MEASUREMENTS)}.",
        autocompletion=metrics_like,
    ),
]
Incident = Annotated[
    str | None,
    typer.Option("--incident", metavar="ID", help="Of `forecast`: only this open incident."),
]
Backtest = Annotated[
    bool, typer.Option("--backtest", help="Of `forecast`: how good past ones were, beside others.")
]
Providers = Annotated[
    list[str] | None,
    typer.Option(
        "--provider",
        metavar="SLUG",
        help="Only this one; repeat for several.",
        autocompletion=providers_like,
    ),
]
Saved = Annotated[
    str | None,
    typer.Option(
        "--question", metavar="NAME", help="A question saved in questions.toml; options go before."
    ),
]
Document = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", help="File to write, ending in .html, .pdf or .xlsx."),
]
Appendix = Annotated[
    bool,
    typer.Option("--appendix", help="Write scorecards and evidence to a second file beside it."),
]
Surface = Annotated[
    str | None, typer.Option(metavar="NAME", help="Only this surface, such as api_inference.")
]
Region = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Only components of this region, such as us-east-1, and those of none.",
        show_default="the mean over regions",
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar=DATE,
        help="First day, inclusive, as YYYY-MM-DD.",
        show_default=f"{DEFAULT_DAYS} days before the end",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        metavar=DATE,
        help="Day after the last, as YYYY-MM-DD.",
        show_default="where the data end",
    ),
]
Period = Annotated[
    str | None,
    typer.Option(
        metavar="WORD",
        help="A window by a word: 90d, 2026-10, last-month, last-quarter or contract:NAME.",
    ),
]
Agreed = Annotated[
    str | None,
    typer.Option(
        "--contract",
        metavar="NAME",
        help="With sla: one contract of contracts.toml.",
        show_default="all of them; public terms with --provider",
    ),
]
Zone = Annotated[
    str, typer.Option(metavar="ZONE", help="IANA zone of the days, such as Europe/London.")
]
Rule = Annotated[
    str | None,
    typer.Option(
        metavar="RULE",
        help=f"How much of an hour in each state is down: {', '.join(RULES)}.",
        show_default=f"{HEADLINE}; {CUSTOM} with --weights",
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        metavar="D,P,M",
        help="Weights of degraded, partial and major, such as 0,0.3,1, for a rule of one's own; "
        f"beside any --rule but {CUSTOM} they are refused.",
    ),
]
Classes = Annotated[
    str,
    typer.Option(
        metavar="C,...",
        help=f"Classes that count, of {', '.join(CLASSES)}. With {MAINTENANCE}, planned work is "
        "down.",
    ),
]
Unit = Annotated[str, typer.Option(metavar="UNIT", help="Count posts or episodes.")]
Combine = Annotated[
    str | None,
    typer.Option(metavar="HOW", help="any, all or mean over the components, all surfaces as one."),
]
Minimum = Annotated[
    str | None,
    typer.Option(
        metavar="STATE",
        help="Only posts that brought the surface to degraded, partial or major, or worse.",
    ),
]
Objective = Annotated[
    float,
    typer.Option(
        metavar="FRACTION", help="Objective of the error budget, as a fraction of the time."
    ),
]
Primary = Annotated[
    str | None,
    typer.Option(metavar="SLUG", help="Of a portfolio: the provider in use."),
]
Fallbacks = Annotated[
    list[str] | None,
    typer.Option(metavar="SLUG", help="Of a portfolio: whom to turn to; repeat, in order."),
]
Delay = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Of a portfolio: time until a failover, such as 90s, 5m or 1h.",
        show_default="5m and 30m",
    ),
]
Business = Annotated[
    str | None,
    typer.Option(
        metavar="HOURS",
        help="Of patterns: business hours of Monday to Friday, such as 8-18.",
        show_default="9-17",
    ),
]
Cost = Annotated[
    str | None,
    typer.Option(
        metavar="B,O", help="Of patterns: what an hour down costs in business hours, and in others."
    ),
]
TestChannel = Annotated[
    str | None,
    typer.Option("--test", metavar="CHANNEL", help="Send a test message to this channel."),
]
Host = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Address to serve on; there is no login.")
]
Port = Annotated[
    int, typer.Option(metavar="N", min=1, max=65_535, help="Port to serve on, 1 to 65535.")
]
