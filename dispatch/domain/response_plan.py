"""What an incident asks for: capabilities and how many of each, and whose they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

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
    """`count` units that have `capability`."""

    capability: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    requirements: tuple[Requirement, ...]

    @property
    def capabilities(self) -> tuple[str, ...]:
        return tuple(requirement.capability for requirement in self.requirements)

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


def agencies_of(leading: str, plan: Plan) -> tuple[str, ...]:
    """Return the leading agency first, then those whose capabilities the plan asks for."""
    others = (AGENCY_OF_CAPABILITY.get(name) for name in plan.capabilities)
    return unique((leading, *(agency for agency in others if agency)))


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values without repeats, first occurrences in order."""
    return tuple(dict.fromkeys(values))
