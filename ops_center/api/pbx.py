"""The telephone exchange's webhook: a call rings, is answered, is hung up."""

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dispatch.domain.wire import object_json
from dispatch.services.telephony import Signal, TelephoneSignal, hear_telephone
from ops_center.api.deps import Commands, Doing, problems
from ops_center.api.location_shapes import TelephoneIn, TelephoneOut
from ops_center.api.sight import require_whole_sight
from ops_center.auth import service
from ops_center.auth.model import Permission
from ops_center.kernel.errors import Invalid
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

router = APIRouter(prefix="/pbx", tags=["calls"])
ANSWERED: Final = Signal.ANSWERED


@router.post("/events", responses={200: {"model": TelephoneOut}, **problems(409)})
async def hear(body: TelephoneIn, commands: Commands) -> JSONResponse:
    """Take in a signal of the exchange; `ref` is its name for the call, `agent` our user's name.

    A signal that came before, or too late to mean anything, is answered with `applied` false.
    """

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        heard = await hear_telephone(
            doing.work,
            TelephoneSignal(
                id=derived_id("telephone", body.ref, body.event, str(doing.id)),
                signal=Signal(body.event),
                ref=body.ref,
                number=body.number,
                at=body.at,
                agent=await _agent(doing, body),
            ),
            now=doing.now,
            author=doing.author,
        )
        return {"applied": heard.applied, "call": object_json(heard.call)}

    return await commands.run(Permission.CALLS_WRITE, do)


async def _agent(doing: Doing, body: TelephoneIn) -> Author | None:
    """Who answered; Invalid for a name that is no user's, because then nobody has the call."""
    if body.event != ANSWERED.value or body.agent is None:
        return None
    for user in await service.users(doing.tx.connection):
        if user.username == body.agent:
            return user.author
    raise Invalid(
        f"There is no user {body.agent!r}. Send the username of who answered.",
        code="unknown-agent",
        field="agent",
    )
