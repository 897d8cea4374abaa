"""Commands that ask the snapshot: ``metrics``, ``report``, ``query``, ``health``."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import polars as pl

    from analytics import Question, Snapshot
from analytics.question import MONITOR, SLO
from ingest.safe_text import strip_control
from statusledger import options
from statusledger.asked_providers import question_notices, tell_of_dark, with_slugs
from statusledger.demo_data import SIMULATED_SQL, data_to_read, marked, to_person
from statusledger.options import Engine, Format
from statusledger.question_options import with_question
from statusledger.report_file import require_form, write_report
from statusledger.saved_question import complete_question, region_of
from statusledger.terminal import GOOD, NO, USAGE, fail, progress, reported, snapshot_place


@with_question
def metrics(
    name: options.Metric,
    *,
    provider: options.Providers = None,
    saved: options.Saved = None,
    asked: dict[str, Any],
    period: options.Period = None,
    region: options.Region = None,
    slo: options.Objective = SLO,
    incident: options.Incident = None,
    backtest: options.Backtest = False,
    primary: options.Primary = None,
    fallback: options.Fallbacks = None,
    delay: options.Delay = None,
    business: options.Business = None,
    cost: options.Cost = None,
    contract: options.Agreed = None,
    as_of: options.AsOf = None,
    at: options.At = None,
    engine: options.EngineName = Engine.POLARS,
    format_: options.Form = Format.TABLE,
    raw: options.Raw = False,
    out: options.Out = None,
    demo: options.Demo = False,
    data: options.Data,
) -> None:
    """Compute one metric with its interval, n, rule, window and coverage."""
    from analytics import METRICS, ask, open_snapshot
    from analytics.downtime.regions import in_region
    from analytics.wording.rows import rows_in_words
    from statusledger.commands.spark import refuse_on_spark, rows_on_spark
    from statusledger.metric_options import MetricOptions, asked_metric
    from statusledger.output import show

    if name not in METRICS:
        raise fail(f"no metric {name!r}: one of {', '.join(METRICS)}", USAGE)
    own = MetricOptions(
        incident=incident,
        backtest=backtest,
        primary=primary,
        fallbacks=tuple(fallback or ()),
        delay=delay,
        business=business,
        cost=cost,
        contract=contract,
    )
    told = to_person(format_, out)
    words = format_ is Format.TABLE and out is None and not raw
    if engine is Engine.SPARK:
        with reported():
            refuse_on_spark(own, question=saved, region=region, as_of=as_of, at=at, demo=demo)
            question = ask(providers=provider or (), slo=slo, **asked)
            found, simulated = rows_on_spark(name, question, data, period)
            show(marked(rows_in_words(found) if words else found, simulated), format_, out)
        return
    with reported(), snapshot_place(source := data_to_read(data, demo, told), as_of, at) as place:
        measure = asked_metric(name, own, source)
        question = ask(providers=provider or (), slo=slo, **asked)
        region = region_of(data, saved, region)
        with open_snapshot(place) as whole:
            snapshot = whole if region is None else in_region(whole, region)
            question = complete_question(snapshot, question, data, source, saved, period)
            question = with_slugs(snapshot, question, data)
            found = measure(snapshot, question)
            tell_of_question(snapshot, question)
            tell_of_overrides(snapshot, question)
            if name == "availability":
                tell_of_monitors(snapshot, question)
            if found["minimum"].is_not_null().any():
                tell_if_unrated(snapshot, question)
            if words and name in {"availability", "frequency"}:
                tell_of_filter(snapshot, question, name, found)
            found = marked(rows_in_words(found) if words else found, snapshot.simulated)
            show(found, format_, out)


@with_question
def report(
    *,
    provider: options.Providers = None,
    saved: options.Saved = None,
    out: options.Document,
    appendix: options.Appendix = False,
    asked: dict[str, Any],
    period: options.Period = None,
    region: options.Region = None,
    as_of: options.AsOf = None,
    demo: options.Demo = False,
    data: options.Data,
) -> None:
    """Write a brief to hand on: HTML of at most two pages; or a PDF, or a workbook (.xlsx).

    The finding, one picture, five numbers each, three caveats and what to do next, about one
    surface. An appendix beside it holds scorecards, sensitivity and evidence. The PDF adds
    contracts and evidence, and needs the package typst. The workbook has formulas over its own
    data, so that weights can be changed.
    """
    from analytics import ask, open_snapshot
    from analytics.downtime.regions import in_region
    from ingest.files.disk_errors import require_folder_of

    if not provider and saved is None:
        raise fail("name whom to compare: --provider, or --question", USAGE)
    with reported(), snapshot_place(source := data_to_read(data, demo), as_of) as place:
        require_form(out, appendix)
        require_folder_of(out)
        question = ask(providers=provider or (), **asked)
        region = region_of(data, saved, region)
        with open_snapshot(place) as whole, progress("writing the report"):
            snapshot = whole if region is None else in_region(whole, region)
            question = complete_question(snapshot, question, data, source, saved, period)
            question = with_slugs(snapshot, question, data)
            written = write_report(snapshot, question, out, appendix, source)
            tell_of_question(snapshot, question)
            files = " and ".join(map(str, written))
            print(f"wrote {files} as of {snapshot.as_of:%Y-%m-%dT%H:%M:%SZ}")


def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One SELECT over the snapshot's tables.")
    ],
    *,
    format_: options.Form = Format.TABLE,
    out: options.Out = None,
    as_of: options.AsOf = None,
    demo: options.Demo = False,
    data: options.Data,
) -> None:
    """Ask the snapshot in SQL, read-only.

    The statement reaches no file, no network and no setting.
    """
    from analytics.sql_query import as_frame, fetch
    from statusledger.commands.memory_bound import bounded_memory
    from statusledger.output import show

    told = to_person(format_, out)
    with reported(), snapshot_place(data_to_read(data, demo, told), as_of) as place:
        rows = as_frame(fetch(place, sql, bounded=bounded_memory))
        # A snapshot of another version may be asked too, so it is not opened as one of this.
        [simulated] = as_frame(fetch(place, SIMULATED_SQL))["simulated"]
        show(marked(rows, simulated), format_, out)
        if rows.is_empty():
            tell_of_dark(place, sql, data)


def health(
    *,
    format_: options.Form = Format.TABLE,
    demo: options.Demo = False,
    data: options.Data,
) -> None:
    """Show how fresh each source is; exit 1 when one is stale.

    With failures; stale is past its own budget. One read on no schedule is never stale. Exit 1
    too when a page could not be worked out, or captures are dated ahead of the clock.
    """
    from analytics.evidence.freshness import freshness, sources
    from analytics.snapshot import open_snapshot
    from ingest.runs import data_folder
    from statusledger.commands.page_health import page_troubles
    from statusledger.output import show

    with reported(), open_snapshot(data_to_read(data, demo)) as snapshot:
        now = data_folder.now()
        show(marked(sources(snapshot, now), snapshot.simulated), format_, None)
        troubles = list(page_troubles(snapshot, now))
        stale = freshness(snapshot, now).stale or any(one.serious for one in troubles)
    for trouble in troubles:
        print(f"statusledger: {strip_control(trouble.line)}", file=sys.stderr)
    raise typer.Exit(NO if stale else GOOD)


def tell_of_question(snapshot: Snapshot, question: Question) -> None:
    """Say to standard error what an answer does not show by itself, if anything."""
    for line in question_notices(snapshot, question):
        print(f"statusledger: {line}", file=sys.stderr)


def tell_of_overrides(snapshot: Snapshot, question: Question) -> None:
    """Say to standard error how much of what is asked about was set by hand, if anything."""
    from analytics.evidence.provenance import overridden
    from analytics.wording.rows import overrides_sentence

    if line := overrides_sentence(*overridden(snapshot, question)):
        print(f"statusledger: {line}", file=sys.stderr)


def tell_of_monitors(snapshot: Snapshot, question: Question) -> None:
    """Say to standard error what monitors measured beside what was posted, if anything."""
    from analytics import METRICS
    from analytics.wording.rows import monitors_sentence

    measured = snapshot.table("component_states").filter(basis=MONITOR)
    if MONITOR in question.classes or measured.is_empty():
        return
    found = METRICS["availability"](snapshot, replace(question, classes=(MONITOR,)))
    if line := monitors_sentence(found, snapshot.table("providers")):
        print(f"statusledger: {line}", file=sys.stderr)


def tell_of_filter(
    snapshot: Snapshot, question: Question, metric: str, found: pl.DataFrame
) -> None:
    """Say to standard error what the default numbers were without the filter of classes."""
    from analytics import METRICS
    from analytics.comparison.sensitivity import every_class
    from analytics.question import RELIABILITY
    from analytics.wording.rows import unfiltered_sentence

    if question.classes != RELIABILITY:
        return
    every = METRICS[metric](snapshot, replace(question, classes=every_class(question)))
    if line := unfiltered_sentence(found, every, snapshot.table("providers")):
        print(f"statusledger: {line}", file=sys.stderr)


def tell_if_unrated(snapshot: Snapshot, question: Question) -> None:
    """Say to standard error whose incidents a least state leaves out unjudged, if any."""
    from analytics.evidence.provenance import left_unrated
    from analytics.wording.comparison import unrated_sentence

    left_out = left_unrated(snapshot, question)
    if line := unrated_sentence(left_out, snapshot.table("providers")):
        print(f"statusledger: {line}", file=sys.stderr)
