"""Positions of units, from many senders into few writes: an answer means it is on disk."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import structlog
from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.positions import RawFix, Rejected
from dispatch.ports import Work
from dispatch.services.positions import (
    PositionsAnswer,
    ReportPositions,
    UnitFixes,
    report_positions,
)
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import DATABASE_TROUBLE, Database
from ops_center.kernel.errors import DomainError, Forbidden, NotFound, TooMany
from ops_center.kernel.ids import new_id

GATHER_S = 0.05  # how long the first fix waits for others to share its write
BATCHES_WAITING_MAX = 2_000
BATCHES_PER_WRITE = 500
ANSWER_LIMIT_S = 10.0
# What a number may not be stays a matter of the domain; here only its type is looked at.
Number = Annotated[float, Field(allow_inf_nan=True)]

log = structlog.get_logger()


class FixIn(BaseModel):
    """One fix as a device claims it: degrees, metres, m/s, device time."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    lon: Number
    lat: Number
    occurred_at: AwareDatetime
    accuracy_m: Number | None = None
    speed_mps: Number | None = None
    heading_deg: Number | None = None
    mocked: Annotated[bool, Field(validation_alias=AliasChoices("mocked", "mock"))] = False


@dataclass(slots=True)
class _Waiting:
    unit: UUID
    fixes: tuple[RawFix, ...]
    answer: "asyncio.Future[PositionsAnswer]"


class Tracker:
    """One per process; `run` writes what `take` hands it, many senders in one transaction."""

    def __init__(
        self, database: Database, clock: Clock, work: Callable[[AsyncConnection], Work]
    ) -> None:
        self._database = database
        self._clock = clock
        self._work = work
        self._waiting: list[_Waiting] = []
        self._arrived = asyncio.Event()

    async def take(self, actor: Actor, unit: UUID, raw: list[Any]) -> dict[str, Any]:
        """Keep a unit's fixes and say how many, and which were refused and why."""
        await self._require_right(actor, unit)
        fixes, places, malformed = parse_fixes(raw)
        if not fixes:
            return _shape(0, malformed)
        if len(self._waiting) >= BATCHES_WAITING_MAX:
            raise TooMany("More positions arrive than can be written. Send them again later.")
        waiting = _Waiting(unit, fixes, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._arrived.set()
        async with asyncio.timeout(ANSWER_LIMIT_S):
            answer = await waiting.answer
        refused = [
            Rejected(index=places[one.index], code=one.code, detail=one.detail)
            for one in answer.rejected
        ]
        return _shape(answer.accepted, sorted([*malformed, *refused], key=lambda one: one.index))

    async def _require_right(self, actor: Actor, unit: UUID) -> None:
        if actor.unit_id == unit and actor.may(Permission.UNITS_REPORT_OWN):
            return
        if not actor.may(Permission.UNITS_REPORT_ANY):
            raise Forbidden("You may report the position of your own unit only.")
        if not actor.access.whole:
            async with self._database.reading() as connection:
                found = await self._work(connection).units.get(unit)
            if not actor.access.covers(frozenset(found.audience)):
                raise NotFound("There is no such unit.")

    async def run(self) -> None:
        """Write what waits, for ever; an outage of the database is answered, not hidden."""
        while True:
            await self._arrived.wait()
            await asyncio.sleep(GATHER_S)
            batch = self._next_batch()
            try:
                await self._write(batch)
            except DATABASE_TROUBLE as trouble:
                log.warning(
                    "positions.unavailable", batches=len(batch), cause=type(trouble).__name__
                )
                _fail(batch, trouble)

    def _next_batch(self) -> list[_Waiting]:
        """Take what waits, one batch per unit; a unit's second batch waits for the next write."""
        taken: dict[UUID, _Waiting] = {}
        left: list[_Waiting] = []
        for one in self._waiting:
            if one.unit in taken or len(taken) >= BATCHES_PER_WRITE:
                left.append(one)
            else:
                taken[one.unit] = one
        self._waiting = left
        if not left:
            self._arrived.clear()
        return list(taken.values())

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            await self._write_together(batch)
        except DomainError as error:
            if len(batch) == 1:
                _fail(batch, error)
                return
            for one in batch:  # one bad batch must not cost the others theirs
                await self._write([one])

    async def _write_together(self, batch: list[_Waiting]) -> None:
        command = ReportPositions(
            id=new_id(), batches=tuple(UnitFixes(unit_id=w.unit, fixes=w.fixes) for w in batch)
        )
        async with self._database.engine.begin() as connection:
            answers = await report_positions(self._work(connection), command, now=self._clock.now())
        for waiting, answer in zip(batch, answers, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(answer)


def parse_fixes(raw: list[Any]) -> tuple[tuple[RawFix, ...], list[int], list[Rejected]]:
    """Return the fixes that have the right shape, their places in the batch, and the others."""
    fixes: list[RawFix] = []
    places: list[int] = []
    malformed: list[Rejected] = []
    for index, one in enumerate(raw):
        try:
            fix = FixIn.model_validate(one)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            detail = f"{where}: {first['msg']}" if where else first["msg"]
            malformed.append(Rejected(index=index, code="malformed", detail=detail))
        else:
            fixes.append(RawFix(**fix.model_dump()))
            places.append(index)
    return tuple(fixes), places, malformed


def _shape(accepted: int, rejected: list[Rejected]) -> dict[str, Any]:
    return {
        "accepted": accepted,
        "rejected": [
            {"index": one.index, "code": one.code, "detail": one.detail} for one in rejected
        ],
    }


def _fail(batch: list[_Waiting], error: BaseException) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)
