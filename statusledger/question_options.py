"""Options by which a command asks a question, for every command that asks one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Signature, signature
from typing import Any

from analytics.question import UTC_ZONE
from statusledger import options

#: Parameter of a command that stands for all of these options, and takes what was given.
ASKED = "asked"


def options_of_a_question(
    *,
    surface: options.Surface = None,
    since: options.Since = None,
    until: options.Until = None,
    zone: options.Zone = UTC_ZONE,
    rule: options.Rule = None,
    weights: options.Weights = None,
    classes: options.Classes = options.TROUBLE,
    unit: options.Unit = "posts",
    combine: options.Combine = None,
    minimum: options.Minimum = None,
) -> None:
    """Declare the options; ``with_question`` gives them to a command."""


def with_question(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a question in the place of its parameter ``asked``.

    The command line is read from a function's signature, so the command is shown with all of them,
    and is called with what was given, as keywords of ``analytics.ask``.
    """
    shared = signature(options_of_a_question, eval_str=True).parameters
    own = signature(command, eval_str=True).parameters
    spread = [
        parameter
        for name, one in own.items()
        for parameter in (shared.values() if name == ASKED else [one])
    ]

    @wraps(command)
    def run(*positional: Any, **given: Any) -> None:
        asked = {name: given.pop(name) for name in shared}
        command(*positional, asked=asked, **given)

    shown: Any = run
    shown.__signature__ = Signature(spread)
    shown.__annotations__ = {one.name: one.annotation for one in spread}
    return run
