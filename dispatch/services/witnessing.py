"""Many calls about one thing: linked to its incident in one command, every caller kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import linking
from dispatch.domain.incident import Incident
from dispatch.ports import Work
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Author, Fact

# One fact for each call; a command may state a few hundred.
WITNESSES_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWitnesses:
    id: UUID
    incident_id: UUID
    call_ids: tuple[UUID, ...]


async def link_witnesses(
    work: Work, command: LinkWitnesses, *, now: datetime, author: Author
) -> Incident:
    """Link the calls, oldest first: all of them, or none and a Conflict naming the one that is not.

    The first caller of an incident is its reporter, all others its witnesses.
    """
    if not 1 <= len(command.call_ids) <= WITNESSES_MAX:
        raise Invalid(
            f"call_ids names 1 to {WITNESSES_MAX} calls. Link the rest with a second command.",
            field="call_ids",
        )
    calls = await work.calls.lock(command.call_ids)
    [incident] = await work.incidents.lock([command.incident_id])
    grown = incident
    facts: list[Fact] = []
    changed = []
    for call in sorted(calls, key=lambda one: (one.received_at, one.id)):
        after, grown, told = linking.link_call(call, grown)
        if told:
            changed.append(after)
            facts += told
    if facts:
        await work.incidents.put(grown)
        for after in changed:
            await work.calls.put(after)
        work.record(*facts)
    return grown
