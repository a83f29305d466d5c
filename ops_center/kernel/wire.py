"""How an entry looks on the wire: on the socket, in a timeline and in the history alike."""

from typing import Any

from ops_center.kernel.clock import wire_time
from ops_center.kernel.events import Entry


def entry_fields(entry: Entry) -> dict[str, Any]:
    """Return an entry as it goes over the wire, on the socket and in /history alike."""
    return {
        "seq": entry.seq,
        "id": str(entry.id),
        "kind": entry.kind,
        "subject_type": entry.subject_type,
        "subject": str(entry.subject),
        "version": entry.version,
        "incident": str(entry.incident) if entry.incident else None,
        "author": {"id": str(entry.author.id), "name": entry.author.name},
        "cause": str(entry.cause),
        "occurred_at": wire_time(entry.occurred_at),
        "recorded_at": wire_time(entry.recorded_at),
        "data": entry.data,
    }
