"""What of the stream and the picture is protected, and how it looks to those who need not know."""

from typing import Any
from uuid import UUID

from dispatch.domain.masking import masked, masked_data, masked_unit
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.events import Entry

Picture = dict[str, dict[str, Any]]


class Protection:
    """Follows the journal: which incidents are protected, and which calls belong to which."""

    def __init__(
        self,
        incidents: frozenset[UUID] = frozenset(),
        calls: dict[UUID, UUID] | None = None,
        premises: frozenset[UUID] = frozenset(),
    ) -> None:
        self._incidents = set(incidents)
        self._premises = set(premises)
        self._incident_of = dict(calls or {})

    def covers(self, entry: Entry) -> bool:
        """Whether the entry tells of something protected, as things stand now."""
        match entry.subject_type:
            case "premise":
                return entry.subject in self._premises
            case "call":
                return self._incident_of.get(entry.subject) in self._incidents
            case _:
                return entry.incident in self._incidents

    def follow(self, entry: Entry) -> bool:
        """Take the entry in; return whether it tells of what is or was protected."""
        before = self.covers(entry)
        self._take_in(entry)
        return before or self.covers(entry)

    def _take_in(self, entry: Entry) -> None:
        match entry.kind:
            case "incident.opened" | "incident.protection_changed":
                _set(self._incidents, entry.subject, entry.data)
            case "premise.added" | "premise.changed":
                _set(self._premises, entry.subject, entry.data)
            case "incident.unmerged" | "incident.reopened":
                _set(self._incidents, entry.subject, entry.data["incident"])
            case "call.linked" | "call.returned":
                if entry.incident is not None:
                    self._incident_of[entry.subject] = entry.incident
            case "incident.closed":
                self._forget_calls_of(entry.subject)
            case _:
                pass

    def _forget_calls_of(self, incident: UUID) -> None:
        """Calls of a protected incident stay known: facts about them may still come."""
        if incident not in self._incidents:
            gone = [call for call, held in self._incident_of.items() if held == incident]
            for call in gone:
                del self._incident_of[call]


def _set(held: set[UUID], subject: UUID, data: dict[str, Any]) -> None:
    if data.get("protected"):
        held.add(subject)
    else:
        held.discard(subject)


def masked_entry_data(entry: Entry) -> dict[str, Any]:
    """Return the entry's data as those are shown it who need not know."""
    return dict(masked_data(entry.kind, entry.data))


def covered_picture(shown: Picture, whole: Picture, actor: Actor) -> Picture:
    """Return the picture with what is protected masked, unless this person needs to know it.

    `whole` is the picture before rights were applied: a call may be shown without its incident.
    """
    if actor.may(Permission.PROTECTED_READ):
        return shown
    hidden = {key for key, one in whole.get("incidents", {}).items() if _is_hidden(one, actor)}
    if not hidden:
        return shown
    return {
        **shown,
        "incidents": {
            key: masked(one) if key in hidden else one for key, one in shown["incidents"].items()
        },
        "calls": {
            key: masked(one) if one["incident_id"] in hidden else one
            for key, one in shown["calls"].items()
        },
        "units": {
            key: masked_unit(one) if _at_any(one, hidden) else one
            for key, one in shown["units"].items()
        },
    }


def _at_any(unit: dict[str, Any], incidents: set[str]) -> bool:
    order = unit["assignment"]
    return order is not None and order["incident_id"] in incidents


def _is_hidden(incident: dict[str, Any], actor: Actor) -> bool:
    if not incident.get("protected"):
        return False
    at_it = [one for one in incident["assignments"] if one["released_at"] is None]
    return not actor.knows({UUID(one["unit_id"]) for one in at_it})
