"""Looks after units all day: what their positions say of their status, and whether crews answer.

It reads what the positions' intake has written and never stands in its way.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from dispatch.domain.codes import Activity
from dispatch.domain.physics import LOOKED_BACK, Sighting, is_worth_a_look
from dispatch.services.physics import Observe, observe
from dispatch.services.welfare import watch_crews
from gis.geodesy import distance_m
from gis.geometry import Point
from gis.repository.hospitals import hospitals
from ops_center.geography import WorkOf
from ops_center.kernel import transaction
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Connection, Database
from ops_center.kernel.errors import DomainError
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id, new_id

CARE: Final = Author(id=derived_id("centre", "unit-care"), name="centro")
# Looked at in one round; the rest is looked at when it moves again.
LOOKS_MAX: Final = 50
HOSPITALS_KNOWN_FOR: Final = timedelta(minutes=5)

log = structlog.get_logger()


class UnitCare:
    """One per centre: the leader of the background process runs it."""

    def __init__(self, database: Database, clock: Clock, work: WorkOf) -> None:
        self._database = database
        self._clock = clock
        self._work = work
        self._since: datetime | None = None
        self._hospitals: Sequence[Point] = ()
        self._hospitals_at: datetime | None = None

    async def look(self) -> None:
        """Look at the units that moved, and propose or doubt what their positions say."""
        now = self._clock.now()
        async with self._database.reading() as connection:
            work = self._work(connection)
            rules = (await work.rules.current()).statuses
            moved = await work.movements.sightings(self._since, freed_since=now - LOOKED_BACK)
            await self._learn_hospitals(connection, now)
        self._since = now
        near = [self._near_hospital(seen, rules.physics.hospital_m) for seen in moved]
        worth = [seen for seen in near if is_worth_a_look(seen, rules, now=now)]
        for seen in worth[:LOOKS_MAX]:
            try:
                await self._observe(seen)
            except DomainError as refused:  # one unit that changed meanwhile, not all of them
                log.warning("unit.not_observed", unit=str(seen.unit.id), code=refused.problem_code)

    async def ask(self) -> None:
        """Count missed check-ins and crews that are due a rest."""
        async with transaction.begin(
            self._database, author=CARE, cause=new_id(), clock=self._clock
        ) as tx:
            work = self._work(tx.connection, tx.record)
            marked = await watch_crews(work, now=self._clock.now(), author=CARE)
            await tx.commit()
        if marked:
            log.info("crews.marked", count=marked)

    async def _observe(self, seen: Sighting) -> None:
        cause = new_id()
        async with transaction.begin(
            self._database, author=CARE, cause=cause, clock=self._clock
        ) as tx:
            command = Observe(id=cause, unit_id=seen.unit.id, hospital=seen.hospital)
            work = self._work(tx.connection, tx.record)
            await observe(work, command, now=self._clock.now(), author=CARE)
            told = [fact.kind for fact in tx.facts]
            await tx.commit()
        if told:
            log.info("unit.observed", unit=str(seen.unit.id), kinds=told)

    async def _learn_hospitals(self, connection: Connection, now: datetime) -> None:
        known_at = self._hospitals_at
        if known_at is None or now - known_at > HOSPITALS_KNOWN_FOR:
            self._hospitals = await hospitals(connection)
            self._hospitals_at = now

    def _near_hospital(self, seen: Sighting, within_m: float) -> Sighting:
        if seen.unit.activity is not Activity.TRANSPORTING or not self._hospitals:
            return seen
        here = seen.fix.point
        nearest = min(self._hospitals, key=lambda one: distance_m(here, one))
        return replace(seen, hospital=nearest) if distance_m(here, nearest) <= within_m else seen
