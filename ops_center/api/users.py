"""People: who may sign in, and which unit a responder crews today."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ops_center.api.deps import Commands, Doing, problems
from ops_center.api.shapes import UserOut, UserPatch
from ops_center.api.sight import require_in_sight
from ops_center.auth import service
from ops_center.auth.model import Actor, Permission

router = APIRouter(prefix="/users", tags=["users"])


@router.patch("/{username}", responses={200: {"model": UserOut}, **problems(404, 409)})
async def change_user(username: str, body: UserPatch, commands: Commands) -> JSONResponse:
    """Say which unit a responder crews; their open screens follow within seconds."""

    async def do(doing: Doing) -> Any:
        if body.unit_id is not None:
            unit = await doing.work.units.get(body.unit_id)
            require_in_sight(doing.actor, unit.audience, what="unit")
        changed = await service.set_crew(doing.tx, username, unit_id=body.unit_id)
        require_in_sight(doing.actor, [f"agency:{changed.agency}"], what="user")
        return user_shape(changed)

    return await commands.run(Permission.USERS_WRITE, do)


def user_shape(actor: Actor) -> dict[str, Any]:
    """Return a person as the wire carries them."""
    unit: UUID | None = actor.unit_id
    return {
        "id": str(actor.id),
        "username": actor.username,
        "display_name": actor.display_name,
        "roles": sorted(actor.roles),
        "agency": actor.agency,
        "unit_id": str(unit) if unit else None,
    }
