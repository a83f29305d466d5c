"""Files of an incident: taken in as they come, known by their bytes, given out as downloads only.

No virus scanner looks at them: whoever opens one on a workstation relies on that workstation's own.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from dispatch.domain.attaching import HEAD_BYTES, media_type_of, require_room
from dispatch.domain.incident import Incident
from dispatch.services.attaching import AttachFile, attach_file, attachment_of
from ops_center.api.covering import require_known, shown_incident, write_down_view
from ops_center.api.deps import Commands, Doing, Services, problems, requires
from ops_center.api.incident_shapes import IncidentOut
from ops_center.api.incidents import WRITE, known_incident
from ops_center.api.services import ApiServices
from ops_center.api.sight import seen_incident
from ops_center.api.uploads import received
from ops_center.auth.model import Actor, Permission

router = APIRouter(prefix="/incidents/{incident_id}/attachments", tags=["incidents"])
Writer = Annotated[Actor, Depends(requires(WRITE))]
Reader = Annotated[Actor, Depends(requires(Permission.INCIDENTS_READ))]
FileName = Annotated[str, Query(min_length=1, max_length=255)]
FILE = {
    "requestBody": {
        "description": "The file itself, up to 25 MB: a picture, a PDF, sound, video, or text.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "minLength": 1}}},
        "required": True,
    }
}
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, to be saved and not shown.",
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
}
# Whatever it claims to be, a browser shall neither show it nor run it.
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "none",
}


class WholeFile(FileResponse):
    """A file from its beginning to its end, as it was checked, whatever range is asked for."""

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [one for one in scope["headers"] if one[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


@router.post(
    "",
    status_code=201,
    responses={201: {"model": IncidentOut}, **problems(404, 409)},
    openapi_extra=FILE,
)
async def attach(
    incident_id: UUID,
    request: Request,
    writer: Writer,
    services: Services,
    commands: Commands,
    filename: FileName,
) -> JSONResponse:
    """Attach a file to the incident. What it is is told from its bytes, never from its name."""
    await _known(services, writer, incident_id)
    async with received(request, services.uploads_dir, now=services.clock.now()) as file:
        if (kept := await commands.kept(file.sha256)) is not None:
            return kept
        media_type = media_type_of(await asyncio.to_thread(_head, file.path))
        # What is stored stays, so it is asked before: uploads take minutes, hence once more.
        require_room(await _known(services, writer, incident_id))
        await services.keep_evidence(file.path, file.sha256)

        async def do(doing: Doing) -> Any:
            await known_incident(doing, incident_id)
            command = AttachFile(
                id=doing.id,
                incident_id=incident_id,
                file_name=filename,
                media_type=media_type,
                size_bytes=file.size,
                sha256=file.sha256,
            )
            after = await attach_file(doing.work, command, now=doing.now, author=doing.author)
            return shown_incident(doing.actor, after)

        return await commands.run(WRITE, do, status=201, body_sha256=file.sha256)


@router.get("/{attachment_id}", responses={**CONTENT, **problems(403, 404)})
async def fetch(
    incident_id: UUID,
    attachment_id: UUID,
    reader: Reader,
    services: Services,
) -> Response:
    """Return a file of the incident, checked against its hash, as a download."""
    incident = await _known(services, reader, incident_id)
    attachment = attachment_of(incident, attachment_id)
    await write_down_view(services, reader, incident)
    path = await services.find_evidence(attachment.sha256)
    name = quote(attachment.name)
    headers = {
        **SAFE,
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "ETag": f'"{attachment.sha256}"',
    }
    return WholeFile(path, media_type=attachment.media_type, headers=headers)


async def _known(services: ApiServices, person: Actor, incident_id: UUID) -> Incident:
    """The incident as it is now; no connection is held while files go in or out."""
    async with services.database.reading() as connection:
        incident = await seen_incident(services.work(connection), person, incident_id)
    require_known(person, incident)
    return incident


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)
