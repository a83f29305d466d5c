"""Attaching a file to an incident; its bytes are stored before, under their hash."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain import attaching
from dispatch.domain.attaching import MediaType
from dispatch.domain.incident import Incident
from dispatch.domain.incident_parts import Attachment
from dispatch.ports import Work
from dispatch.services.keeping import keep
from ops_center.kernel.errors import NotFound
from ops_center.kernel.events import Author

URL: Final = "/api/v1/incidents/{incident}/attachments/{id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachFile:
    """`id` becomes the attachment's id."""

    id: UUID
    incident_id: UUID
    file_name: str
    media_type: MediaType
    size_bytes: int
    sha256: str


async def attach_file(
    work: Work, command: AttachFile, *, now: datetime, author: Author
) -> Incident:
    """Make the stored file part of the incident."""
    [incident] = await work.incidents.lock([command.incident_id])
    attachment = Attachment(
        id=command.id,
        name=attaching.safe_name(command.file_name, command.media_type),
        media_type=command.media_type.name,
        bytes=command.size_bytes,
        sha256=command.sha256,
        url=URL.format(incident=incident.id, id=command.id),
        at=now,
        by=author.name,
    )
    return await keep(work, *attaching.attach(incident, attachment))


def attachment_of(incident: Incident, attachment_id: UUID) -> Attachment:
    """Return that file of the incident, or raise NotFound."""
    for held in incident.attachments:
        if held.id == attachment_id:
            return held
    raise NotFound("This incident has no such file. Look at it again.")
