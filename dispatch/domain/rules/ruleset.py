"""All rules in force at one instant, and the table of the documents they are read from."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dispatch.domain.rules import (
    alarm_handling,
    clocks,
    dispositions,
    incident_types,
    protocols,
    run_cards,
    unit_statuses,
)
from dispatch.domain.rules.alarm_handling import AlarmHandling
from dispatch.domain.rules.clocks import Clocks
from dispatch.domain.rules.dispositions import Dispositions
from dispatch.domain.rules.incident_types import IncidentTypes
from dispatch.domain.rules.protocols import Protocols
from dispatch.domain.rules.reading import Fault, RulesInvalid
from dispatch.domain.rules.run_cards import RunCards
from dispatch.domain.rules.unit_statuses import UnitStatuses
from dispatch.domain.wire import JsonValue
from ops_center.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One field per document; `versions` by name, 0 for a document that nobody ever edited."""

    types: IncidentTypes
    dispositions: Dispositions
    protocols: Protocols
    clocks: Clocks
    alarms: AlarmHandling
    statuses: UnitStatuses
    run_cards: RunCards
    versions: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One version of a document as it was put; 0 is the shipped one, which nobody put.

    `document` is None where only the versions were asked for.
    """

    name: str
    version: int
    document: JsonValue
    digest: str
    summary: str = ""
    changed_at: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A rule document: its name, its field in RuleSet, and how it is read."""

    name: str
    field: str
    parse: Callable[[JsonValue], object]


DOCUMENTS: Final[dict[str, Document]] = {
    one.name: one
    for one in (
        Document("incident-types", "types", incident_types.parse),
        Document("dispositions", "dispositions", dispositions.parse),
        Document("protocols", "protocols", protocols.parse),
        Document("clocks", "clocks", clocks.parse),
        Document("alarm-handling", "alarms", alarm_handling.parse),
        Document("unit-statuses", "statuses", unit_statuses.parse),
        Document("run-cards", "run_cards", run_cards.parse),
    )
}


def _protocols_exist(rules: RuleSet) -> Iterator[Fault]:
    for place, kind in enumerate(rules.types):
        if kind.protocol is not None and kind.protocol not in rules.protocols:
            yield Fault(
                path=f"/types/{place}/protocol",
                message=f"type {kind.code!r} asks the questions of {kind.protocol!r}, which is no "
                f"protocol; there are: {', '.join(rules.protocols)}",
            )


def _proposed_types_exist(rules: RuleSet) -> Iterator[Fault]:
    for protocol in rules.protocols.values():
        for effect in (effect for one in protocol.questions for effect in one.effects):
            if effect.propose_type and not rules.types.find(effect.propose_type):
                yield Fault(
                    path="/protocols",
                    message=f"protocol {protocol.code!r} proposes {effect.propose_type!r}, which "
                    "is no incident type",
                )


def _clocked_types_exist(rules: RuleSet) -> Iterator[Fault]:
    for row in rules.clocks.rows:
        if row.type is not None and not rules.types.find(row.type):
            yield Fault(
                path="/clocks",
                message=f"a row of {row.clock!r} is for {row.type!r}, which is no incident type",
            )


def _run_card_types_exist(rules: RuleSet) -> Iterator[Fault]:
    groups = {one.code for one in rules.types.groups}
    for place, card in enumerate(rules.run_cards.cards):
        for at, code in enumerate(card.when.types):
            if rules.types.find(code) is None:
                yield Fault(
                    path=f"/cards/{place}/when/types/{at}",
                    message=f"card {card.id!r} is for {code!r}, which is no incident type",
                )
        for at, code in enumerate(card.when.groups):
            if code not in groups:
                yield Fault(
                    path=f"/cards/{place}/when/groups/{at}",
                    message=f"card {card.id!r} is for {code!r}, which is no group of types",
                )


# What must fit between documents; each looks at all of them and names what does not.
TOGETHER: Final[tuple[Callable[[RuleSet], Iterable[Fault]], ...]] = (
    _protocols_exist,
    _proposed_types_exist,
    _run_card_types_exist,
    _clocked_types_exist,
)


def document(name: str) -> Document:
    """Return the document of that name, or NotFound naming those there are."""
    found = DOCUMENTS.get(name)
    if found is None:
        raise NotFound(
            f"There is no rule document {name!r}. There are: {', '.join(DOCUMENTS)}.", name=name
        )
    return found


def assemble(parsed: Mapping[str, object], versions: Mapping[str, int]) -> RuleSet:
    """Return the rules made of one parsed value for each document name."""
    fields: dict[str, Any] = {one.field: parsed[one.name] for one in DOCUMENTS.values()}
    return RuleSet(**fields, versions=dict(versions))


def together(rules: RuleSet) -> tuple[Fault, ...]:
    """Return what is wrong between documents that are each right by themselves."""
    return tuple(fault for check in TOGETHER for fault in check(rules))


def parsed_beside(rules: RuleSet, name: str, value: JsonValue) -> object:
    """Return the parsed document, or RulesInvalid when it, or it beside the others, is wrong."""
    one = document(name)
    parsed = one.parse(value)
    others = {known.name: getattr(rules, known.field) for known in DOCUMENTS.values()}
    faults = together(assemble({**others, name: parsed}, rules.versions))
    if faults:
        raise RulesInvalid(faults)
    return parsed
