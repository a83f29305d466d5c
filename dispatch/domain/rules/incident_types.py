"""Incident types as a tree: groups by theme, and under each the types with what they propose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dispatch.domain.labels import Labels
from dispatch.domain.response_plan import (
    AGENCIES,
    COUNT_MAX,
    REQUIREMENTS_MAX,
    Plan,
    Requirement,
    plan_of,
)
from dispatch.domain.rules.reading import Part, read, unique
from dispatch.domain.wire import JsonValue
from ops_center.kernel.errors import Invalid

NOTHING = plan_of("")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeGroup:
    """A theme under which types are listed."""

    code: str
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentType:
    """A type's code, leading agency, default priority (1 to 4) and default plan.

    `protected` hides the incident outside need-to-know, `violent` makes its place one of earlier
    violence, `protocol` names the questions asked, and what is not `active` cannot be chosen anew.
    """

    code: str
    parent: str
    agency: str
    priority: int
    plan: Plan
    labels: Labels
    protected: bool = False
    violent: bool = False
    protocol: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class IncidentTypes:
    """All types by code, in the order of the document."""

    groups: tuple[TypeGroup, ...]
    by_code: Mapping[str, IncidentType]

    def __iter__(self) -> Iterator[IncidentType]:
        return iter(self.by_code.values())

    def find(self, code: str) -> IncidentType | None:
        """Return the type, active or not; None for a code that is not known any more."""
        return self.by_code.get(code)

    def chosen(self, code: str) -> IncidentType:
        """Return the type a person chooses, or Invalid when there is none or it is retired."""
        found = self.by_code.get(code)
        if found is None:
            raise Invalid(
                f"There is no incident type {code!r}. GET /api/v1/codes lists them.", field="type"
            )
        if not found.active:
            raise Invalid(
                f"Incident type {code!r} is no longer in use. Choose another of GET /api/v1/codes.",
                field="type",
            )
        return found


def parse(document: JsonValue) -> IncidentTypes:
    """Return the types of a document {groups:[…], types:[…]}, or raise RulesInvalid."""
    return read(document, _types)


def _types(part: Part) -> IncidentTypes:
    part.only("groups", "types")
    groups = part["groups"].each()
    unique(groups, "code", "group")
    known = tuple(_group(one) for one in groups)
    rows = part["types"].each()
    unique(rows, "code", "type")
    if not rows:
        part["types"].fault("holds no type: at least one is needed to open an incident")
    kinds = [_type(row, [group.code for group in known]) for row in rows]
    if rows and not any(kind.active for kind in kinds):
        part["types"].fault("has no active type: at least one is needed to open an incident")
    return IncidentTypes(known, {kind.code: kind for kind in kinds})


def _group(part: Part) -> TypeGroup:
    part.only("code", "labels")
    return TypeGroup(code=part["code"].code(), labels=part["labels"].labels())


def _type(part: Part, groups: list[str]) -> IncidentType:
    part.only(
        "code", "parent", "agency", "priority", "plan", "labels",
        "protected", "violent", "protocol", "active",
    )  # fmt: skip
    return IncidentType(
        code=part["code"].code(),
        parent=part["parent"].one_of(groups),
        agency=part["agency"].one_of(AGENCIES),
        priority=part["priority"].whole(1, 4),
        plan=_plan(part["plan"]),
        labels=part["labels"].labels(),
        protected=part["protected"].flag(),
        violent=part["violent"].flag(),
        protocol=part["protocol"].optional(Part.code),
        active=part["active"].flag(default=True),
    )


def _plan(part: Part) -> Plan:
    """Read "capability:count capability:count", as people write it."""
    if part.value == "":
        return NOTHING
    words = part.text().split()
    if len(words) > REQUIREMENTS_MAX:
        part.fault(f"asks for {len(words)} capabilities; at most {REQUIREMENTS_MAX} fit")
    wanted = [_requirement(part, word) for word in words]
    return Plan(requirements=tuple(one for one in wanted if one))


def _requirement(part: Part, word: str) -> Requirement | None:
    name, _, count = word.partition(":")
    if name.isidentifier() and count.isdecimal() and 1 <= int(count) <= COUNT_MAX:
        return Requirement(capability=name, count=int(count))
    part.fault(f"{word!r} is not capability:count with a count from 1 to {COUNT_MAX}")
    return None
