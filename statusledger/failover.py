"""Read the plan of a failover from options: whom to use, whom to turn to, after how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ingest.models import UsageError

if TYPE_CHECKING:
    import polars as pl

    from analytics import Question, Snapshot

PORTFOLIO = "portfolio"


class NoPortfolioError(UsageError):
    """A plan is given to another metric; one line that says whose it is."""


def with_plan(
    metric: str, primary: str | None, fallbacks: Sequence[str] | None, delay: str | None
) -> Callable[[Snapshot, Question], pl.DataFrame]:
    """Return the metric of this name, with the plan that was given to it.

    Args:
        metric: Name of a metric there is.
        primary: Whom to use.
        fallbacks: Whom to turn to, in order.
        delay: Time until then, such as 5m.

    Raises:
        UsageError: There is no such plan, or the metric takes none.
    """
    from analytics import METRICS

    if metric != PORTFOLIO:
        if primary or fallbacks or delay:
            raise NoPortfolioError(
                f"--primary, --fallback and --delay belong to `metrics {PORTFOLIO}`"
            )
        return METRICS[metric]
    from analytics.asking.provider_search import find_provider
    from analytics.portfolio.failover import DELAYS_S, Plan, parse_delay
    from analytics.portfolio.rows import portfolio

    delays = DELAYS_S if delay is None else (parse_delay(delay),)

    def planned(snapshot: Snapshot, question: Question) -> pl.DataFrame:
        names = dict(snapshot.table("providers").select("provider", "name").iter_rows())
        first = None if primary is None else find_provider(primary, names)
        then = tuple(find_provider(one, names) for one in fallbacks or ())
        return portfolio(snapshot, question, Plan(first, then, delays))

    return planned
