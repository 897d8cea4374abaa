"""Weigh each state by an availability rule (METHODOLOGY, "Availability rules")."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ingest.models import State

Weights = Mapping[State, float]


def _weights(degraded: float, partial: float, major: float) -> Weights:
    return MappingProxyType(
        {
            State.OPERATIONAL: 0.0,
            State.MAINTENANCE: 0.0,
            State.DEGRADED: degraded,
            State.PARTIAL: partial,
            State.MAJOR: major,
        }
    )


#: Rules over component states. ``incident_open`` and ``custom`` are not among them.
STATE_RULES: Mapping[str, Weights] = MappingProxyType(
    {
        "statuspage": _weights(0.0, 0.3, 1.0),
        "incident_io": _weights(0.0, 1.0, 1.0),
        "instatus": _weights(0.0, 0.3, 1.0),
        "major_only": _weights(0.0, 0.0, 1.0),
        "strict": _weights(1.0, 1.0, 1.0),
    }
)
#: 1 while any post that names the component is open: contrast only, never a headline.
INCIDENT_OPEN = "incident_open"
CUSTOM = "custom"
RULES = (*STATE_RULES, INCIDENT_OPEN, CUSTOM)
HEADLINE = "incident_io"
BESIDE = "statuspage"


class WeightsError(ValueError):
    """Weights that do not rise with the state, or leave [0, 1]."""


def weights_of(rule: str, custom: tuple[float, float, float] | None) -> Weights:
    """Return the weight of each state under ``rule``.

    ``custom``: weights of degraded, partial and major.

    Raises:
        WeightsError: The custom ones are missing, fall, or leave [0, 1].
    """
    if rule != CUSTOM:
        return STATE_RULES[rule]
    if custom is None:
        raise WeightsError("rule custom needs --weights degraded,partial,major")
    degraded, partial, major = custom
    if not 0 <= degraded <= partial <= major <= 1:
        raise WeightsError("weights must rise from degraded to major and stay within 0 and 1")
    return _weights(degraded, partial, major)
