"""The journal read back: filtered, in order, page by page. Looking into it is itself a right."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from ops_center.api.covering import entries_page
from ops_center.api.deps import Known, Reading, Services, problems, requires
from ops_center.api.history_shapes import PictureOut
from ops_center.api.instants import Instant
from ops_center.api.shapes import EntriesOut
from ops_center.auth.model import Actor, Permission
from ops_center.kernel import journal
from ops_center.kernel.errors import Invalid

router = APIRouter(tags=["history"])
PAGE_MAX = 1_000

Auditor = Annotated[Actor, Depends(requires(Permission.HISTORY_READ))]


@router.get("/history", responses={200: {"model": EntriesOut}, **problems()})
async def history(
    auditor: Auditor,
    connection: Reading,
    start: Annotated[Instant, Query(alias="from")],
    end: Annotated[Instant, Query(alias="to")],
    subject: UUID | None = None,
    kind: Annotated[list[str], Query(max_length=50)] = [],  # noqa: B006  FastAPI copies it
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 200,
    cursor: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> JSONResponse:
    """Return the entries recorded in [from, to), oldest first."""
    if end <= start:
        raise Invalid("`to` must be later than `from`.")
    wanted = journal.HistoryFilter(
        start=start, end=end, kinds=tuple(kind), subject=subject, after=cursor, limit=limit
    )
    entries = await journal.entries_matching(connection, wanted)
    return JSONResponse(await entries_page(connection, entries, auditor, limit))


@router.get("/picture", responses={200: {"model": PictureOut}, **problems()})
async def picture(known: Known, services: Services) -> Response:
    """Return the whole picture as a console is shown it first, at most a second old."""
    return Response(await services.picture(known.actor), media_type="application/json")
