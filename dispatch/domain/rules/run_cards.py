"""Run cards: what is sent to which type, priority and place at what time, and what stays behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod
from typing import Final

from dispatch.domain.labels import Labels
from dispatch.domain.place import Zone
from dispatch.domain.reason import Reason
from dispatch.domain.response_plan import (
    AGENCIES,
    COUNT_MAX,
    REQUIREMENTS_MAX,
    Plan,
    Requirement,
    RunCardUsed,
)
from dispatch.domain.rules.hours import Dates, Hours, dates_of, hours_of, weekdays_of
from dispatch.domain.rules.incident_types import IncidentType
from dispatch.domain.rules.reading import Part, read, unique
from dispatch.domain.wire import JsonValue

CREW_MAX: Final = 20
CONDITIONS_MAX: Final = 100
# Every way of filling a card is worked out, so there must not be too many of them.
WAYS_MAX: Final = 32
UNITS_MAX: Final = 40
PRIORITIES: Final = ("1", "2", "3", "4")
OF_THE_TYPE: Final = "type:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneWanted:
    """A zone by its kind and its name or code; what is None may be anything."""

    kind: str | None
    name: str | None
    code: str | None

    def fits(self, zone: Zone) -> bool:
        """Tell whether the zone is meant; names and codes whatever their capitals."""
        return (
            self.kind in (None, zone.kind)
            and _same(self.name, zone.name)
            and _same(self.code, zone.code)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The conditions of a card, all of which must hold; an empty one holds always."""

    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    zones: tuple[ZoneWanted, ...] = ()
    dates: tuple[Dates, ...] = ()
    hours: tuple[Hours, ...] = ()
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCard:
    id: str
    labels: Labels
    when: When
    requirements: tuple[Requirement, ...]
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRules:
    """From which loss on a move-up is suggested, what it must gain, and how long it may take.

    Seconds. A loss below `shown_s` is not listed.
    """

    shown_s: int = 15
    move_up_after_s: int = 120
    move_up_gain_s: int = 60
    move_up_within_s: int = 1_200
    zone_kinds: tuple[str, ...] = ("response", "district")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a card is chosen by; `at` is the centre's local time."""

    type: IncidentType
    priority: int
    zones: Sequence[Zone]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCards:
    cards: tuple[RunCard, ...]
    coverage: CoverageRules = CoverageRules()

    def plan_for(self, situation: Situation, *, version: int = 0, types_version: int = 0) -> Plan:
        """Return the plan of the most specific card that fits, else the type's own.

        Specific is, in this order: a type named, its group, a zone, a priority, dates, hours,
        weekdays. Of two cards that are equally so, the one that stands first.
        """
        fitting = [(met, card) for card in self.cards if (met := _met(card, situation)) is not None]
        if not fitting:
            return _own_plan(situation.type, types_version)
        met, card = max(fitting, key=lambda one: _weight(one[0]))
        used = _used(card.id, card.labels, version, met)
        return Plan(requirements=card.requirements, run_card=used)


# The order of the conditions is the order of their weight.
_WEIGHT: Final = ("type", "group", "zone", "priority", "date", "hours", "weekday")


def _weight(met: Sequence[Reason]) -> tuple[bool, ...]:
    codes = {one.code for one in met}
    return tuple(name in codes for name in _WEIGHT)


def _met(card: RunCard, situation: Situation) -> tuple[Reason, ...] | None:
    """The conditions of the card that were met, None when one was not."""
    if not card.active:
        return None
    met: list[Reason] = []
    for holds in _CONDITIONS:
        reason = holds(card.when, situation)
        if reason is None:
            return None
        met.extend(reason)
    return tuple(met)


_Found = list[Reason] | None
_Condition = Callable[[When, Situation], _Found]


def _of_type(when: When, now: Situation) -> _Found:
    """By type or by group: a card may name both, and one of them is enough."""
    if not when.types and not when.groups:
        return []
    if now.type.code in when.types:
        return [Reason(code="type", params={"type": now.type.code})]
    if now.type.parent in when.groups:
        return [Reason(code="group", params={"group": now.type.parent})]
    return None


def _of_zone(when: When, now: Situation) -> _Found:
    if not when.zones:
        return []
    found = next((z for z in now.zones for wanted in when.zones if wanted.fits(z)), None)
    if found is None:
        return None
    return [Reason(code="zone", params={"kind": found.kind, "zone": found.name})]


def _of_priority(when: When, now: Situation) -> _Found:
    if not when.priorities:
        return []
    if now.priority not in when.priorities:
        return None
    return [Reason(code="priority", params={"priority": now.priority})]


def _of_time(when: When, now: Situation) -> _Found:
    """Hours, weekday and date together: a night belongs to the day on which it began."""
    hours = next((one for one in when.hours if one.holds(now.at)), None)
    if when.hours and hours is None:
        return None
    day = now.at.date()
    if hours is not None and hours.began_yesterday(now.at):
        day -= timedelta(days=1)
    dates = next((one for one in when.dates if one.holds(day)), None)
    if (when.dates and dates is None) or (when.weekdays and day.weekday() not in when.weekdays):
        return None
    met = [Reason(code="date", params={"dates": str(dates)})] if dates else []
    met += [Reason(code="hours", params={"hours": str(hours)})] if hours else []
    if when.weekdays:
        met.append(Reason(code="weekday", params={"weekday": day.weekday()}))
    return met


_CONDITIONS: Final[tuple[_Condition, ...]] = (_of_type, _of_zone, _of_priority, _of_time)


def _own_plan(kind: IncidentType, version: int) -> Plan:
    reason = Reason(code="type_plan", params={"type": kind.code})
    used = _used(f"{OF_THE_TYPE}{kind.code}", kind.labels, version, (reason,))
    return Plan(requirements=kind.plan.requirements, run_card=used)


def _used(identity: str, labels: Labels, version: int, because: tuple[Reason, ...]) -> RunCardUsed:
    return RunCardUsed(id=identity, name=labels.es, labels=labels, version=version, because=because)


def _same(wanted: str | None, found: str) -> bool:
    return wanted is None or wanted.casefold() == found.casefold()


def parse(document: JsonValue) -> RunCards:
    """Return the cards of a document {cards:[…], coverage:{…}}, or raise RulesInvalid."""
    return read(document, _run_cards)


def _run_cards(part: Part) -> RunCards:
    part.only("cards", "coverage")
    rows = part["cards"].each()
    unique(rows, "id", "card")
    return RunCards(cards=tuple(_card(row) for row in rows), coverage=_coverage(part["coverage"]))


def _card(part: Part) -> RunCard:
    part.only("id", "labels", "when", "roles", "active")
    roles = part["roles"].each(limit=REQUIREMENTS_MAX)
    if not roles:
        part["roles"].fault("names nobody to send: write at least one role")
    requirements = tuple(_role(row) for row in roles)
    if sum(one.count for one in requirements) > UNITS_MAX:
        part["roles"].fault(f"asks for more than {UNITS_MAX} units")
    if prod(1 + len(one.alternatives) for one in requirements) > WAYS_MAX:
        part["roles"].fault(f"can be filled in more than {WAYS_MAX} ways: write fewer `or`")
    return RunCard(
        id=part["id"].code(),
        labels=part["labels"].labels(),
        when=_when(part["when"]),
        requirements=requirements,
        active=part["active"].flag(default=True),
    )


def _role(part: Part) -> Requirement:
    part.only("capability", "count", "crew_min", "equipment", "agency", "or")
    alternatives = [
        tuple(_plain_role(row) for row in instead.each(limit=REQUIREMENTS_MAX))
        for instead in part["or"].each(limit=WAYS_MAX)
    ]
    if any(not instead for instead in alternatives):
        part["or"].fault("each alternative is a list of at least one role")
    return _requirement(part, tuple(alternatives))


def _plain_role(part: Part) -> Requirement:
    part.only("capability", "count", "crew_min", "equipment", "agency")
    return _requirement(part, ())


def _requirement(part: Part, alternatives: tuple[tuple[Requirement, ...], ...]) -> Requirement:
    return Requirement(
        capability=part["capability"].code(),
        count=part["count"].whole(1, COUNT_MAX, default=1),
        crew_min=part["crew_min"].optional(lambda one: one.whole(1, CREW_MAX)),
        equipment=tuple(one.text() for one in part["equipment"].each(limit=CONDITIONS_MAX)),
        agency=part["agency"].optional(lambda one: one.one_of(AGENCIES)),
        alternatives=alternatives,
    )


def _when(part: Part) -> When:
    part.only("types", "groups", "priorities", "zones", "dates", "hours", "weekdays")
    return When(
        types=tuple(one.code() for one in part["types"].each(limit=CONDITIONS_MAX)),
        groups=tuple(one.code() for one in part["groups"].each(limit=CONDITIONS_MAX)),
        priorities=tuple(one.whole(1, 4) for one in part["priorities"].each(limit=4)),
        zones=tuple(_zone(one) for one in part["zones"].each(limit=CONDITIONS_MAX)),
        dates=dates_of(part["dates"]),
        hours=hours_of(part["hours"]),
        weekdays=weekdays_of(part["weekdays"]),
    )


def _zone(part: Part) -> ZoneWanted:
    part.only("kind", "name", "code")
    wanted = ZoneWanted(
        kind=part["kind"].optional(Part.text),
        name=part["name"].optional(Part.text),
        code=part["code"].optional(Part.text),
    )
    if wanted.name is None and wanted.code is None:
        part.fault("needs the name or the code of a zone, as GET /api/v1/zones shows it")
    return wanted


def _coverage(part: Part) -> CoverageRules:
    part.only("shown_s", "move_up_after_s", "move_up_gain_s", "move_up_within_s", "zone_kinds")
    usual = CoverageRules()
    kinds = tuple(one.text() for one in part["zone_kinds"].each(limit=CONDITIONS_MAX))
    return CoverageRules(
        shown_s=part["shown_s"].whole(0, 3_600, default=usual.shown_s),
        move_up_after_s=part["move_up_after_s"].whole(0, 7_200, default=usual.move_up_after_s),
        move_up_gain_s=part["move_up_gain_s"].whole(0, 7_200, default=usual.move_up_gain_s),
        move_up_within_s=part["move_up_within_s"].whole(60, 7_200, default=usual.move_up_within_s),
        zone_kinds=kinds or usual.zone_kinds,
    )
