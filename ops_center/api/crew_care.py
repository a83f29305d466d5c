"""What a crew is asked and what its positions propose: check-ins, timers, confirm or refuse."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dispatch.domain.wire import object_json
from dispatch.services import physics, welfare
from ops_center.api.deps import Commands, Doing, problems
from ops_center.api.sight import own_or_any, seen_unit
from ops_center.api.unit_shapes import CheckInIn, ProposalIn, TimerIn, UnitOut
from ops_center.auth.model import Permission

router = APIRouter(prefix="/units", tags=["units"])

ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": UnitOut}, **problems(404, 409)}


@router.post("/{unit_id}/proposal/confirm", responses=ANSWER)
async def confirm_proposal(
    unit_id: UUID, commands: Commands, body: ProposalIn | None = None
) -> JSONResponse:
    """Take over the status that the unit's positions propose, with their time."""

    async def do(doing: Doing) -> Any:
        await own_or_any(doing, unit_id)
        command = physics.ConfirmProposal(
            id=doing.id, unit_id=unit_id, status=body.status if body else None
        )
        return object_json(
            await physics.confirm_proposal(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run_checked(do)


@router.post("/{unit_id}/proposal/reject", responses=ANSWER)
async def reject_proposal(
    unit_id: UUID, commands: Commands, body: ProposalIn | None = None
) -> JSONResponse:
    """Put the proposal aside; the same arrival is not proposed again."""

    async def do(doing: Doing) -> Any:
        await own_or_any(doing, unit_id)
        command = physics.RejectProposal(
            id=doing.id, unit_id=unit_id, status=body.status if body else None
        )
        return object_json(
            await physics.reject_proposal(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run_checked(do)


@router.post("/{unit_id}/welfare", responses=ANSWER)
async def check_in(
    unit_id: UUID, commands: Commands, body: CheckInIn | None = None
) -> JSONResponse:
    """Say that the crew is well: its timer starts anew."""

    async def do(doing: Doing) -> Any:
        await own_or_any(doing, unit_id)
        command = welfare.CheckIn(id=doing.id, unit_id=unit_id, note=body.note if body else None)
        return object_json(
            await welfare.check_in(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run_checked(do)


@router.post("/{unit_id}/welfare/timer", responses=ANSWER)
async def set_timer(unit_id: UUID, body: TimerIn, commands: Commands) -> JSONResponse:
    """Ask the crew more or less often than the rules say, until its next status."""

    async def do(doing: Doing) -> Any:
        await seen_unit(doing, unit_id)
        command = welfare.SetTimer(id=doing.id, unit_id=unit_id, interval_s=body.interval_s)
        return object_json(
            await welfare.set_timer(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(Permission.UNITS_ASSIGN, do)
