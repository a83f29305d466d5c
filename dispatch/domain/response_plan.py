"""What an incident asks for: capabilities and how many of each, and whose they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dispatch.domain.labels import Labels
from dispatch.domain.reason import Reason

CENTRE: Final = "CENTRO"
AGENCIES: Final = (CENTRE, "POL", "CBVP", "SEME", "PMT")
REQUIREMENTS_MAX = 12
COUNT_MAX = 20

# Who answers for a capability, so that an agency sees an incident that needs it from the start.
AGENCY_OF_CAPABILITY: Final = {
    "patrol": "POL",
    "fire": "CBVP",
    "rescue": "CBVP",
    "ambulance": "SEME",
    "traffic": "PMT",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """`count` units that have `capability`, each with at least `crew_min` people and `equipment`.

    `agency` is preferred, not demanded. Each of `alternatives` is a list of requirements that
    does as well instead of this one; those have no alternatives of their own.
    """

    capability: str
    count: int
    crew_min: int | None = None
    equipment: tuple[str, ...] = ()
    agency: str | None = None
    alternatives: tuple[tuple["Requirement", ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCardUsed:
    """The run card a plan came from, and which of its conditions were met.

    `id` is `type:<code>` where no card fitted and the type's own plan is used; `version` that of
    the document. `name` is the Spanish one of `labels`.
    """

    id: str
    name: str
    labels: Labels
    version: int
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    requirements: tuple[Requirement, ...]
    run_card: RunCardUsed | None = None

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Every capability that may be asked for, alternatives last, without repeats."""
        first = [one.capability for one in self.requirements]
        others = [
            instead.capability
            for one in self.requirements
            for alternative in one.alternatives
            for instead in alternative
        ]
        return unique((*first, *others))

    @property
    def slots(self) -> tuple[str, ...]:
        """One capability per unit wanted, in the plan's order."""
        return tuple(r.capability for r in self.requirements for _ in range(r.count))


def plan_of(text: str) -> Plan:
    """Return the plan written as "capability:count capability:count"."""
    parts = [part.split(":") for part in text.split()]
    return Plan(
        requirements=tuple(Requirement(capability=name, count=int(count)) for name, count in parts)
    )


def plan_from(stored: Mapping[str, Any]) -> Plan:
    """Return a plan from the JSON it was stored as."""
    used = stored.get("run_card")
    return Plan(
        requirements=tuple(_requirement(one) for one in stored["requirements"]),
        run_card=_run_card(used) if used else None,
    )


def _requirement(stored: Mapping[str, Any]) -> Requirement:
    return Requirement(
        capability=stored["capability"],
        count=stored["count"],
        crew_min=stored.get("crew_min"),
        equipment=tuple(stored.get("equipment", ())),
        agency=stored.get("agency"),
        alternatives=tuple(
            tuple(_requirement(one) for one in instead)
            for instead in stored.get("alternatives", ())
        ),
    )


def _run_card(stored: Mapping[str, Any]) -> RunCardUsed:
    return RunCardUsed(
        id=stored["id"],
        name=stored["name"],
        labels=Labels(**stored["labels"]),
        version=stored["version"],
        because=tuple(Reason(**one) for one in stored["because"]),
    )


def agencies_of(leading: str, plan: Plan) -> tuple[str, ...]:
    """Return the leading agency first, then those whose capabilities the plan asks for."""
    others = (AGENCY_OF_CAPABILITY.get(name) for name in plan.capabilities)
    return unique((leading, *(agency for agency in others if agency)))


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values without repeats, first occurrences in order."""
    return tuple(dict.fromkeys(values))
