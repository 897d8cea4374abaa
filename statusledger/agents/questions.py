"""Read the arguments with which an agent asks: what is not known by name is refused.

An argument that nobody reads would be answered for everything: a misspelt ``region`` for all
regions. So each model names what it takes, and takes nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, model_validator

from analytics.portfolio.failover import parse_delay
from analytics.question import CLASSES, COMBINE, MINIMA, RELIABILITY, UTC_ZONE, Question, ask
from analytics.rules import CUSTOM, HEADLINE, RULES
from ingest.safe_text import excerpt

#: Letters of a name, of a statement in SQL, and providers of one question.
LONGEST_NAME, LONGEST_SQL, MOST_PROVIDERS = 200, 20_000, 20
NAMED_RULES = tuple(rule for rule in RULES if rule != CUSTOM)

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Day = Annotated[str, Field(max_length=LONGEST_NAME, json_schema_extra={"format": "date"})]
WHO = "Who: slugs, names or products, such as anthropic, OpenAI or Claude."


def _instant(value: object) -> datetime:
    """Read a time that is written out as text; a number or a text of digits is none."""
    if not isinstance(value, str):
        raise ValueError("write the time as text, such as 2026-03-02T12:06:00Z")
    try:
        found = datetime.fromisoformat(value)
        return found if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is not a time such as 2026-03-02T12:06:00Z") from None


Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]


class Arguments(ArgModelBase):
    """Take the named arguments and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        """Refuse an argument of another name, and say which there are."""
        known = list(cls.model_fields)
        for name in given:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                raise ValueError(
                    f"no argument {excerpt(name, 40)!r}: {hint}there are {', '.join(known)}"
                )
        return given


class WhereArguments(Arguments):
    """Take a surface and a region."""

    surface: Name | None = Field(
        None, description="Part of the service, such as api_inference, chat_web, code_assistant."
    )
    region: Name | None = Field(None, description="Only components of this region.")


class QuestionArguments(WhereArguments):
    """Take what narrows a question beside its providers."""

    since: Day | None = Field(
        None, description="First day, YYYY-MM-DD. Default: 90 days before the end."
    )
    until: Day | None = Field(
        None, description="Day after the last, YYYY-MM-DD. Default: where the data end."
    )
    zone: Name = Field(UTC_ZONE, description="IANA zone in which days begin.")
    rule: Name = Field(
        HEADLINE, description=f"How states weigh as time down: {', '.join(NAMED_RULES)}."
    )
    classes: list[Name] = Field(
        list(RELIABILITY),
        max_length=len(CLASSES),
        description=f"Classes of incidents that count, of {', '.join(CLASSES)}.",
    )
    combine: Name | None = Field(
        None, description=f"All surfaces as one, by {', '.join(COMBINE)} of the components."
    )

    def question(self, providers: list[str]) -> Question:
        """Return the question about these providers.

        Raises:
            QuestionError: It cannot be asked; the message says what is allowed.
        """
        return ask(
            providers=providers,
            **self.model_dump(
                include={"surface", "since", "until", "zone", "rule", "combine", "minimum"}
            ),
            classes=self.classes,
        )


class AboutProviders(QuestionArguments):
    """Take whom a question is about."""

    providers: list[Name] = Field(min_length=1, max_length=MOST_PROVIDERS, description=WHO)
    minimum: Name | None = Field(
        None,
        description=f"Only incidents that reached this state: {', '.join(MINIMA)}. It has no part "
        "in an availability under rules of states, nor in a forecast.",
    )


class AboutSeveral(QuestionArguments):
    """Take the providers that are compared."""

    providers: list[Name] = Field(min_length=2, max_length=MOST_PROVIDERS, description=WHO)


class AboutSecond(QuestionArguments):
    """Take a provider, and who might stand in for it."""

    provider: Name = Field(description="The provider in use: slug, name or product.")
    candidates: list[Name] = Field(
        [],
        max_length=MOST_PROVIDERS - 1,
        description="Whom to turn to, in this order. Default: everyone on the surface.",
    )
    delay: Name = Field(
        "5m", description="Time until a failover to the candidates works, such as 90s, 5m or 1h."
    )

    def delay_s(self) -> int:
        """Return the seconds until a failover.

        Raises:
            QuestionError: The delay is no time.
        """
        return parse_delay(self.delay)


class AboutMoment(WhereArguments):
    """Take a moment of the past."""

    providers: list[Name] = Field(min_length=1, max_length=MOST_PROVIDERS, description=WHO)
    at: Instant = Field(description="The moment, with its zone: 2026-03-02T12:06:00Z.")
    known: Literal["now", "then"] = Field(
        "now",
        description="now: what had been written by then, as it reads today. then: only what "
        "captures made by then had shown, word for word.",
    )


class Statement(Arguments):
    """Take a statement in SQL."""

    sql: Annotated[str, Field(min_length=1, max_length=LONGEST_SQL)] = Field(
        description="One SELECT over the snapshot's tables. SHOW ALL TABLES lists them."
    )
