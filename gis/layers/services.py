"""What people do with layers: publish a version, go back to a former one, take it away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from gis.geocoding import index_layer
from gis.layers import store
from gis.layers.events import LayerPublished, LayerRemoved, LayerRolledBack, audience
from gis.layers.formats import unreadable
from gis.layers.model import SEARCHABLE, Layer, LayerKind, LayerVersion, ZoneKind
from gis.layers.process import Reading
from ops_center.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from ops_center.kernel.ids import derived_id
from ops_center.kernel.transaction import Transaction

WRITE_LIMIT_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishLayer:
    """`kind`, `zone_kind` and `agency` None mean as before, for a new layer custom and none.

    Only the zone kind may be another one than before.
    """

    name: str
    file_name: str
    file_sha256: str
    file_bytes: int
    kind: LayerKind | None = None
    zone_kind: ZoneKind | None = None
    agency: str | None = None
    expected_version: int | None = None


def kind_of(present: Layer | None, wanted: LayerKind | None) -> LayerKind:
    """What kind a publication makes; Conflict when the layer is of another one already."""
    if present is None:
        return wanted or LayerKind.CUSTOM
    if wanted is not None and wanted != present.kind:
        raise Conflict(
            f"The layer {present.name} is of kind {present.kind}: publish under another name.",
            code="layer-kind",
        )
    return LayerKind(present.kind)


async def publish_layer(
    tx: Transaction, command: PublishLayer, reading: Reading
) -> tuple[Layer, LayerVersion]:
    """Make what was read the version in force; nothing is seen of it before the commit."""
    before = await _locked(tx, command.name, command.expected_version)
    after = _published(tx, command, reading, before)
    version = _version_of(tx, command, reading, after)
    connection = tx.connection
    former = before.published if before else None
    await store.put_layer(connection, replace(after, published=former))
    await store.put_version(connection, after.id, version, reading.report["bounds"])
    await _each(reading.kept, lambda b: store.put_features(connection, after.id, version.number, b))
    await _each(
        reading.refused, lambda b: store.put_refused(connection, after.id, version.number, b)
    )
    await _put_in_force(tx, after)
    await store.drop_old_versions(connection, after)
    tx.record(
        LayerPublished(
            subject=after.id, version=after.version, audience=audience(after), layer=after
        )
    )
    return after, version


async def roll_back_layer(
    tx: Transaction, name: str, *, to: int, expected_version: int | None = None
) -> Layer:
    """Put a former version in force again; nothing is deleted, and it can be undone alike."""
    before = await _locked(tx, name, expected_version)
    if before is None:
        raise no_layer(name)
    found = await store.find_version(tx.connection, before, to)
    if found is None:
        raise no_version(name, to)
    if before.published == to:
        raise Conflict(f"Version {to} of {name} is in force already.", code="layer-in-force")
    version, bounds = found
    after = replace(
        before,
        version=before.version + 1,
        published=to,
        features=version.features,
        published_at=tx.clock.now(),
        bounds=bounds,
    )
    await _put_in_force(tx, after)
    tx.record(
        LayerRolledBack(
            subject=after.id, version=after.version, audience=audience(after), layer=after
        )
    )
    return after


async def remove_layer(tx: Transaction, name: str, *, expected_version: int | None = None) -> Layer:
    """Take a layer off all maps; its versions are kept, and a roll back brings it back."""
    before = await _locked(tx, name, expected_version)
    if before is None or before.published is None:
        raise no_layer(name)
    after = replace(before, version=before.version + 1, published=None)
    await store.put_layer(tx.connection, after)
    await store.drop_zones(tx.connection, name)
    await index_layer(tx.connection, name)
    tx.record(
        LayerRemoved(subject=after.id, version=after.version, audience=audience(after), layer=after)
    )
    return after


def no_layer(name: str) -> NotFound:
    return NotFound(f"There is no layer {name}.")


def no_version(name: str, number: int | None) -> NotFound:
    return NotFound(f"The layer {name} has no version {number} (any more).")


async def _locked(tx: Transaction, name: str, expected_version: int | None) -> Layer | None:
    if not await store.lock_layer(tx.connection, name):
        raise Conflict(
            f"Somebody else is changing the layer {name}: look again in a moment.",
            code="layer-busy",
        )
    present = await store.find_layer(tx.connection, name)
    version = 0 if present is None else present.version
    if expected_version is not None and expected_version != version:
        raise StaleVersion(
            "The layer has changed since you saw it. Look at it again, then repeat.",
            version=version,
        )
    return present


def _published(
    tx: Transaction, command: PublishLayer, reading: Reading, before: Layer | None
) -> Layer:
    kind = kind_of(before, command.kind)
    report = reading.report
    if report["kept"] == 0:
        raise nothing_kept(report)
    former = before.zone_kind if before else None
    version = before.version + 1 if before else 1
    return Layer(
        id=before.id if before else derived_id("layer", command.name),
        name=command.name,
        kind=kind.value,
        zone_kind=_zone_kind(kind, command.zone_kind, former),
        agency=_agency(before, command.agency),
        searchable=kind in SEARCHABLE and report["name_column"] is not None,
        version=version,
        published=version,
        features=int(report["kept"]),
        published_at=tx.clock.now(),
        bounds=tuple(report["bounds"]),
    )


def _agency(before: Layer | None, wanted: str | None) -> str | None:
    """Whose layer it is; it stays so, or those who saw it would keep what they see no more."""
    if before is not None and wanted not in (None, before.agency):
        raise Conflict(
            f"The layer {before.name} is of {before.agency or 'all agencies'}: publish under "
            "another name.",
            code="layer-agency",
        )
    return wanted if before is None else before.agency


def _zone_kind(kind: LayerKind, wanted: ZoneKind | None, former: str | None) -> str | None:
    if kind is not LayerKind.ZONE:
        if wanted is not None:
            raise Invalid("Only a layer of kind zone has a zone kind.", field="zone_kind")
        return None
    return wanted.value if wanted else former or ZoneKind.JURISDICTION.value


def nothing_kept(report: dict[str, Any]) -> Invalid:
    """Why a file with no row worth keeping is refused, with the first reasons."""
    listed = report["refused"]["listed"]
    why = f" Row {listed[0]['row']}: {listed[0]['detail']}." if listed else " It holds no row."
    return unreadable(f"Nothing in the file can be kept.{why}", code="layer-refused")


def _version_of(
    tx: Transaction, command: PublishLayer, reading: Reading, after: Layer
) -> LayerVersion:
    return LayerVersion(
        number=after.version,
        published_at=after.published_at,
        published_by=tx.author.name,
        file_name=command.file_name,
        file_sha256=command.file_sha256,
        file_bytes=command.file_bytes,
        features=after.features,
        refused=int(reading.report["refused"]["rows"]),
        in_force=True,
        report=reading.report,
    )


async def _each(
    batches: Callable[[], Iterator[list[str]]],
    put: Callable[[list[str]], Awaitable[None]],
) -> None:
    """Read batch after batch beside the event loop, and write each before the next is read."""
    waiting = batches()
    while batch := await asyncio.to_thread(next, waiting, None):
        await put(batch)


async def _put_in_force(tx: Transaction, after: Layer) -> None:
    await store.put_layer(tx.connection, after)
    if after.zone_kind is not None and after.published is not None:
        await _put_zones_in_force(tx, after)
    await index_layer(tx.connection, after.name)


async def _put_zones_in_force(tx: Transaction, after: Layer) -> None:
    taken = await store.zone_taken(tx.connection, after)
    if taken is not None:
        raise Conflict(
            f"Zone {taken[0]} of kind {after.zone_kind} is in {taken[1]} already: give the layer "
            "another agency or zone kind, or its zones other ids.",
            code="zone-taken",
        )
    assert after.published is not None, "only what is in force has zones"
    codes = await store.feature_ids(tx.connection, after.id, after.published)
    ids = {one: derived_id("zone", store.zone_source(after.name), one) for one in codes}
    await store.put_zones(tx.connection, after, ids)
