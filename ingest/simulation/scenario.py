"""Make a world up from a seed: what operators do on status pages, in time order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from ingest.models import Page, State
from ingest.simulation.ground_truth import (
    Mention,
    ScriptedComponent,
    ScriptedIncident,
    ScriptedPage,
    ScriptedUpdate,
)

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
BAD = (State.DEGRADED, State.PARTIAL, State.PARTIAL, State.MAJOR)
TITLES = (
    "Requests fail more often than usual",
    "Slow answers",
    "Sign-in does not work for some people",
    "Streaming stops half way",
    "Uploads are delayed",
)
HOSTILE = (
    "<script>document.title='owned'</script> errors",
    "Errors **bold** $x^2$ :material/delete: [link](javascript:alert(1))",
    "Tab\tand bell\x07 in a title",
    "\u202eright to left\u202c title",
    "Long " + "very " * 60 + "title",
)
TEXTS = {
    "investigating": "We see errors and are looking.",
    "identified": "The cause is known.",
    "monitoring": "A change is out; we are watching.",
    "resolved": "This is over.",
    "postmortem": "What happened, and what we changed.",
    "scheduled": "We will work on this.",
    "in_progress": "Work has begun.",
    "verifying": "Work is done; we are checking.",
    "completed": "Work is complete.",
}


@dataclass(frozen=True, slots=True)
class Story:
    """Record of how eventful a page's life is; shares are chances.

    ``leftovers`` lets resolving updates leave a colour behind, which no reader can then tell
    from an outage.
    """

    incidents_a_month: float = 6.0
    maintenances_a_month: float = 0.7
    overlap: float = 0.25
    reopened: float = 0.12
    retroactive: float = 0.08
    backdated: float = 0.05
    without_component: float = 0.1
    silent_update: float = 0.15
    edited: float = 0.1
    renamed: float = 0.06
    deleted: float = 0.03
    postmortem: float = 0.08
    hostile: float = 0.05
    by_hand: float = 0.1
    leftovers: float = 0.0


@dataclass(slots=True)
class _Step:
    """Something an operator is going to do to a post."""

    at: datetime
    post: ScriptedIncident
    status: str
    targets: dict[str, State] | None
    display_at: datetime | None


@dataclass(slots=True)
class _Life:
    """A page while its life is being written, in the order of time."""

    dice: Random
    story: Story
    parts: Sequence[ScriptedComponent]
    used: set[datetime] = field(default_factory=set[datetime])
    steps: list[_Step] = field(default_factory=list[_Step])
    posts: list[ScriptedIncident] = field(default_factory=list[ScriptedIncident])

    def moment(self, at: datetime) -> datetime:
        """``at`` to the millisecond, moved on while something else happens then."""
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        while at in self.used:
            at += timedelta(milliseconds=1)
        self.used.add(at)
        return at

    def code(self) -> str:
        return "".join(self.dice.choices(LETTERS, k=12))

    def happens(self, chance: float) -> bool:
        return self.dice.random() < chance

    def minutes(self, low: float, high: float) -> timedelta:
        return timedelta(minutes=self.dice.uniform(low, high))


def tell(
    seed: int,
    page: Page,
    name: str,
    parts: Sequence[ScriptedComponent],
    start: datetime,
    days: float,
    story: Story,
) -> ScriptedPage:
    """Make up the whole life of one page; the same seed makes the same life.

    Args:
        seed: Of all chances.
        page: Where it is served.
        name: Its title.
        parts: Its components.
        start: When its life begins.
        days: How long it lasts.
        story: How eventful it is.
    """
    life = _Life(Random(seed), story, parts)
    end = start + timedelta(days=days)
    at = start
    while (at := at + _gap(life, story.incidents_a_month)) < end:
        _incident(life, at)
        while life.happens(story.overlap):
            _incident(life, at + life.minutes(5, 90))
    at = start
    while (at := at + _gap(life, story.maintenances_a_month)) < end:
        _maintenance(life, at)
    life.steps.sort(key=lambda step: step.at)
    hands = _by_hand(life, start, end)
    site = ScriptedPage(page, name, parts, life.posts, *_play(life, hands, start))
    _aftermath(life, end)
    return site


#: Longer than any world lasts.
NEVER_DAYS = 100_000.0


def _gap(life: _Life, a_month: float) -> timedelta:
    return timedelta(days=min(life.dice.expovariate(max(a_month, 1e-6) / 30), NEVER_DAYS))


def _post(life: _Life, at: datetime, parts: Sequence[ScriptedComponent]) -> ScriptedIncident:
    titles = HOSTILE if life.happens(life.story.hostile) else TITLES
    ids = tuple(sorted(p.component_id for p in parts))
    post = ScriptedIncident(life.code(), [(at, life.dice.choice(titles))], ids, [])
    life.posts.append(post)
    return post


def _step(
    life: _Life,
    post: ScriptedIncident,
    at: datetime,
    status: str,
    targets: dict[str, State] | None,
    display_at: datetime | None = None,
) -> datetime:
    at = life.moment(at)
    shown = None if status == "postmortem" else display_at or at
    life.steps.append(_Step(at, post, status, targets, shown))
    return at


def _incident(life: _Life, at: datetime) -> None:
    dice, story = life.dice, life.story
    if life.happens(story.retroactive):
        post = _post(life, at, ())
        post.moved_to = at - life.minutes(60, 600)
        _step(life, post, at, "resolved", None, post.moved_to)
        return
    unnamed = life.happens(story.without_component)
    named = () if unnamed else dice.sample(list(life.parts), dice.randint(1, len(life.parts)))
    post = _post(life, at, named)
    ids = [p.component_id for p in named]
    backdated = at - life.minutes(61, 200) if life.happens(story.backdated) else None
    rounds = 1 + life.happens(story.reopened)
    for number in range(rounds):
        worst = {c: dice.choice(BAD) for c in ids} or None
        at = _step(life, post, at, "investigating", worst, None if number else backdated)
        at = _middle(life, post, at, ids)
        at = _step(life, post, at + life.minutes(5, 120), "resolved", _healing(life, ids))
        at += life.minutes(2, 240)
    if life.happens(story.postmortem):
        _step(life, post, at + timedelta(days=dice.uniform(0.5, 4)), "postmortem", None)


def _middle(life: _Life, post: ScriptedIncident, at: datetime, ids: Sequence[str]) -> datetime:
    for status in ("identified", "monitoring"):
        if not life.happens(0.7):
            continue
        silent = life.happens(life.story.silent_update)
        changed = {c: life.dice.choice(BAD) for c in ids if life.happens(0.5)}
        at = _step(life, post, at + life.minutes(3, 90), status, None if silent else changed)
    return at


def _healing(life: _Life, ids: Sequence[str]) -> dict[str, State] | None:
    """Choose what a resolving update names; the page resets the other components."""
    healed: dict[str, State] = {}
    for component_id in ids:
        if life.happens(life.story.leftovers):
            healed[component_id] = State.PARTIAL
        elif life.happens(0.7):
            healed[component_id] = State.OPERATIONAL
    return healed or None


def _maintenance(life: _Life, at: datetime) -> None:
    dice = life.dice
    named = dice.sample(list(life.parts), dice.randint(1, 2))
    begins = life.moment(at + timedelta(days=dice.uniform(1, 6)))
    ends = begins + timedelta(hours=dice.choice((1, 2, 4)))
    post = _post(life, at, named)
    post.scheduled = (begins, ends)
    ids = [p.component_id for p in named]
    _step(life, post, at, "scheduled", None)
    running = dict.fromkeys(ids, State.MAINTENANCE)
    at = _step(life, post, begins + life.minutes(0, 10), "in_progress", running)
    if life.happens(0.5):
        at = _step(life, post, at + life.minutes(20, 50), "verifying", None)
    over = dict.fromkeys(ids, State.OPERATIONAL)
    _step(life, post, at + life.minutes(20, 120), "completed", over)


def _by_hand(life: _Life, start: datetime, end: datetime) -> list[tuple[datetime, str, State]]:
    """Change colours outside any incident, so far from all that captures show them."""
    busy = [step.at for step in life.steps]
    quiet = timedelta(hours=12)
    changes: list[tuple[datetime, str, State]] = []
    at = start
    while (at := at + _gap(life, 20 * life.story.by_hand)) < end - quiet:
        if any(abs(at - other) < quiet for other in (*busy, *(c[0] for c in changes))):
            continue
        component_id = life.dice.choice(list(life.parts)).component_id
        hurt, healed = life.moment(at), life.moment(at + life.minutes(150, 400))
        changes.append((hurt, component_id, life.dice.choice(BAD)))
        changes.append((healed, component_id, State.OPERATIONAL))
    return changes


Lines = dict[str, list[tuple[datetime, State]]]


def _play(
    life: _Life, hands: Sequence[tuple[datetime, str, State]], start: datetime
) -> tuple[Lines, Lines]:
    """Run every step in time; write the messages, the colours and what can be known."""
    shown: Lines = {p.component_id: [(start, State.OPERATIONAL)] for p in life.parts}
    known: Lines = {p.component_id: [(start, State.OPERATIONAL)] for p in life.parts}
    holding: dict[str, dict[str, State]] = {}

    def paint(component_id: str, at: datetime, state: State, *, seen: State | None = None) -> None:
        for lines, value in ((shown, state), (known, seen or state)):
            if lines[component_id][-1][1] is not value:
                lines[component_id].append((at, value))

    acts: list[tuple[datetime, _Step | tuple[str, State]]] = [
        *((step.at, step) for step in life.steps),
        *((at, (component_id, state)) for at, component_id, state in hands),
    ]
    for at, act in sorted(acts, key=lambda pair: pair[0]):
        if isinstance(act, tuple):
            paint(act[0], at, act[1])
        else:
            _act(life, act, shown, holding, paint)
    return shown, known


class Paint(Protocol):
    """Changes a component's colour; ``seen``: what a reader knows of it, if less."""

    def __call__(
        self, component_id: str, at: datetime, state: State, *, seen: State | None = None
    ) -> None:
        """Paint a component from ``at`` on."""
        ...


def _act(
    life: _Life, step: _Step, shown: Lines, holding: dict[str, dict[str, State]], paint: Paint
) -> None:
    post, mine = step.post, holding.setdefault(step.post.post_id, {})
    ends = step.status in {"resolved", "completed"}
    mentions: list[Mention] = []
    for component_id, new in sorted((step.targets or {}).items()):
        mentions.append(Mention(component_id, shown[component_id][-1][1], new))
        mine[component_id] = new
        paint(component_id, step.at, new)
    if ends:
        del holding[post.post_id]
        held = _held(holding)
        named = {m.component_id: m.new for m in mentions}
        for component_id in post.component_ids:
            left = named.get(component_id, State.OPERATIONAL)
            if component_id in held:
                continue
            if component_id not in named:
                paint(component_id, step.at, State.OPERATIONAL)
            elif left is not State.OPERATIONAL:
                paint(component_id, step.at, left, seen=State.UNKNOWN)
    told = tuple(mentions) if step.targets is not None else None
    body = TEXTS[step.status]
    message = ScriptedUpdate(life.code(), step.status, body, step.at, step.display_at, told)
    post.messages.append(message)


def _held(holding: dict[str, dict[str, State]]) -> set[str]:
    """Components some open post last called worse than operational."""
    words = (word for mine in holding.values() for word in mine.items())
    return {component for component, state in words if state is not State.OPERATIONAL}


def _aftermath(life: _Life, end: datetime) -> None:
    """Edits, new titles and deletions, some time after the posts."""
    life.posts[:] = [post for post in life.posts if post.messages]
    for post in life.posts:
        last = post.messages[-1].created_at
        if life.happens(life.story.edited):
            when = last + timedelta(days=life.dice.uniform(0.1, 5))
            post.messages[-1].edits.append((when, "Rewritten: " + post.messages[-1].body))
        if life.happens(life.story.renamed):
            when = post.created_at + life.minutes(10, 600)
            post.titles.append((when, post.titles[0][1] + " (updated)"))
        if life.happens(life.story.deleted) and not post.component_ids:
            post.deleted_at = last + timedelta(days=life.dice.uniform(0.2, 3))
