"""The whole picture exactly as of one seq, cut down to what one person may see."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from ops_center.auth.model import Access, Actor, Permission
from ops_center.kernel import journal
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Database
from ops_center.realtime.hub import LiveValue
from ops_center.realtime.messages import snapshot_frame
from ops_center.realtime.protection import covered_picture

Picture = dict[str, dict[str, Any]]
PictureSource = Callable[[AsyncConnection], Awaitable[Picture]]
LiveSnapshotSource = Callable[[AsyncConnection], Awaitable[list[LiveValue]]]

# A picture this old is still exactly its seq; entries behind it follow. One build serves a storm.
REUSED_FOR = timedelta(seconds=1)
VIEWS_KEPT = 64
BUILD_LIMIT_S = 10

SECTION_PERMISSION = {
    "calls": Permission.CALLS_READ,
    "incidents": Permission.INCIDENTS_READ,
    "units": Permission.UNITS_READ,
    "alarms": Permission.ALARMS_READ,
    "cameras": Permission.CAMERAS_READ,
    "closures": Permission.GEOGRAPHY_READ,
    "layers": Permission.GEOGRAPHY_READ,
    "rules": Permission.INCIDENTS_READ,
}


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything, before anybody's rights are applied."""

    seq: int
    picture: Picture
    live: list[LiveValue]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frame ready to send, its seq, and the incidents it shows."""

    seq: int
    frame: bytes
    incidents: frozenset[str]


class Snapshots:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        pictures: tuple[PictureSource, ...],
        live: tuple[LiveSnapshotSource, ...],
    ) -> None:
        self._database = database
        self._clock = clock
        self._pictures = pictures
        self._live = live
        self._lock = asyncio.Lock()
        self._whole: Whole | None = None
        self._built_at = clock.now() - REUSED_FOR
        self._views: dict[tuple[frozenset[Permission], Access, UUID | None], Snapshot] = {}

    async def for_actor(self, actor: Actor, *, at_least: int = 0) -> Snapshot:
        """Return the picture as this person may see it, as of `at_least` or later."""
        async with self._lock, asyncio.timeout(BUILD_LIMIT_S):
            whole = await self._fresh(at_least)
            key = (actor.permissions, actor.access, actor.unit_id)
            if key not in self._views:
                if len(self._views) >= VIEWS_KEPT:
                    self._views.clear()
                self._views[key] = self._cut(whole, actor)
            return self._views[key]

    async def _fresh(self, at_least: int) -> Whole:
        now = self._clock.now()
        stale = now - self._built_at >= REUSED_FOR
        if self._whole is None or stale or self._whole.seq < at_least:
            self._whole = await self.build()
            self._built_at = now
            self._views.clear()
        return self._whole

    async def build(self) -> Whole:
        """Read state and head of the journal on one database snapshot."""
        async with self._database.reading() as connection:
            seq = await journal.newest_seq(connection)
            picture: Picture = {}
            for source in self._pictures:
                picture.update(await source(connection))
            live = [one for source in self._live for one in await source(connection)]
        return Whole(seq=seq, picture=picture, live=live)

    def _cut(self, whole: Whole, actor: Actor) -> Snapshot:
        visible = visible_picture(whole.picture, actor)
        picture = covered_picture(visible, whole.picture, actor)
        live = {one.key: one.value for one in whole.live if actor.sees(one.kind, one.audience)}
        frame = snapshot_frame(seq=whole.seq, at=self._clock.now(), picture=picture, live=live)
        return Snapshot(whole.seq, frame, frozenset(picture["incidents"]))


def visible_picture(picture: Picture, actor: Actor) -> Picture:
    """Return the part of the picture this person may see: by permission, then by reach."""
    shown = {
        section: picture.get(section, {}) if actor.may(permission) else {}
        for section, permission in SECTION_PERMISSION.items()
    }
    return shown if actor.access.whole else _within_reach(shown, actor.access)


def _within_reach(picture: Picture, access: Access) -> Picture:
    incidents = {
        key: one
        for key, one in picture["incidents"].items()
        if access.covers(incident_audience(one))
    }
    return {
        "incidents": incidents,
        "calls": {k: c for k, c in picture["calls"].items() if c["incident_id"] in incidents},
        "units": {
            key: one
            for key, one in picture["units"].items()
            if access.covers(frozenset({f"unit:{key}", f"agency:{one['agency']}"}))
        },
        "alarms": _of_agency(picture["alarms"], access),
        "cameras": _of_agency(picture["cameras"], access),
        "closures": picture["closures"],
        "layers": _of_agency_or_all(picture["layers"], access),
        "rules": picture["rules"],
    }


def incident_audience(incident: dict[str, Any]) -> frozenset[str]:
    """Return the tags of those an incident in the picture is shown to."""
    agencies = {f"agency:{code}" for code in incident["agencies"]}
    units = {
        f"unit:{UUID(one['unit_id'])}"
        for one in incident["assignments"]
        if one["released_at"] is None
    }
    return frozenset(agencies | units)


def _of_agency_or_all(section: dict[str, Any], access: Access) -> dict[str, Any]:
    common = {key: one for key, one in section.items() if one["agency"] is None}
    return {**common, **_of_agency(section, access)}


def _of_agency(section: dict[str, Any], access: Access) -> dict[str, Any]:
    return {
        key: one
        for key, one in section.items()
        if access.covers(frozenset({f"agency:{one['agency']}"}))
    }
