"""Rule documents in PostgreSQL: one small query tells the versions, and only news is parsed."""

import asyncio
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.domain.fold import RULES
from dispatch.domain.rules.ruleset import (
    DOCUMENTS,
    RuleSet,
    RuleVersion,
    assemble,
    document,
    parsed_beside,
)
from dispatch.domain.rules_facts import picture_of
from dispatch.domain.wire import JsonObject, JsonValue
from dispatch.repository.shipped import SHIPPED, shipped_rules, shipped_values
from dispatch.tables.rules import rule_current, rule_document
from ops_center.kernel.errors import NotFound, StaleVersion

# Parsed values of this process by (name, digest): a handful, so that a storm cannot make it grow.
KEPT_MAX: Final = 64
VERSIONS_MAX: Final = 500
_parsed: dict[tuple[str, str], object] = {}
_assembled: dict[frozenset[tuple[str, int, str]], RuleSet] = {}


def _keep(cache: dict[Any, Any], key: object, value: object) -> None:
    if len(cache) >= KEPT_MAX:
        cache.clear()
    cache[key] = value


async def _parse(name: str, digest: str, value: JsonValue) -> object:
    """Read a document in a thread: a large one takes longer than the loop may wait."""
    parsed = await asyncio.to_thread(DOCUMENTS[name].parse, value)
    _keep(_parsed, (name, digest), parsed)
    return parsed


async def rules_picture(connection: AsyncConnection) -> dict[str, dict[str, JsonObject]]:
    """Return the rules' section of the picture."""
    row = rule_current.columns
    found = await connection.execute(select(row.name, row.version))
    return {RULES: picture_of({one.name: one.version for one in found})}


class SqlRules:
    """The rules as of this transaction; asked again they are the same, unless it changed them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._now: RuleSet | None = None

    async def current(self) -> RuleSet:
        if self._now is None:
            self._now = await self._in_force()
        return self._now

    async def _in_force(self) -> RuleSet:
        row = rule_current.columns
        found = await self._connection.execute(select(row.name, row.version, row.digest))
        # A newer release may know documents that this one does not: it goes on without them.
        present = frozenset((n, v, digest) for n, v, digest in found if n in DOCUMENTS)
        if not present:
            return shipped_rules()
        if present not in _assembled:
            values = dict(shipped_values())
            values.update(await self._values(present))
            versions = dict.fromkeys(DOCUMENTS, 0) | {name: v for name, v, _ in present}
            _keep(_assembled, present, assemble(values, versions))
        return _assembled[present]

    async def _values(self, wanted: frozenset[tuple[str, int, str]]) -> dict[str, object]:
        values = {n: _parsed[n, digest] for n, _, digest in wanted if (n, digest) in _parsed}
        missing = [(name, version) for name, version, _ in wanted if name not in values]
        if missing:
            row = rule_document.columns
            found = await self._connection.execute(
                select(row.name, row.digest, row.document).where(
                    tuple_(row.name, row.version).in_(missing)
                )
            )
            for name, digest, text in found:
                values[name] = await _parse(name, digest, text)
        return values

    async def parsed_beside(self, name: str, value: JsonValue, /) -> object:
        return await asyncio.to_thread(parsed_beside, await self.current(), name, value)

    async def value_at(self, name: str, version: int, /) -> object:
        if version == 0:
            return shipped_values()[document(name).name]
        one = await self.at(name, version)
        if (name, one.digest) in _parsed:
            return _parsed[name, one.digest]
        return await _parse(name, one.digest, one.document)

    async def at(self, name: str, version: int | None = None, /) -> RuleVersion:
        document(name)
        row, present = rule_document.columns, rule_current.columns
        query = select(rule_document).where(row.name == name)
        if version is None:
            query = query.join(
                rule_current, (present.name == row.name) & (present.version == row.version)
            )
        else:
            query = query.where(row.version == version)
        found = (await self._connection.execute(query)).mappings().one_or_none()
        if found is not None:
            return RuleVersion(**found)
        if version in {None, 0}:
            return RuleVersion(name=name, version=0, document=SHIPPED[name], digest="")
        raise NotFound(f"{name} has no version {version}. GET its versions for those it has.")

    async def versions(self, name: str, /) -> Sequence[RuleVersion]:
        document(name)
        row = rule_document.columns
        without = [column for column in rule_document.columns if column.name != "document"]
        found = await self._connection.execute(
            select(*without)
            .where(row.name == name)
            .order_by(row.version.desc())
            .limit(VERSIONS_MAX)
        )
        shipped = RuleVersion(name=name, version=0, document=None, digest="")
        return [*(RuleVersion(**one, document=None) for one in found.mappings()), shipped]

    async def put(self, version: RuleVersion, /) -> None:
        before = version.version - 1
        row = rule_current.columns
        await self._connection.execute(
            upsert(rule_document)
            .values(**_row(version))
            .on_conflict_do_nothing(index_elements=["name", "version"])
        )
        pointer = {"version": version.version, "digest": version.digest}
        if before == 0:
            done = await self._connection.execute(
                upsert(rule_current)
                .values(name=version.name, **pointer)
                .on_conflict_do_nothing(index_elements=["name"])
            )
        else:
            done = await self._connection.execute(
                update(rule_current)
                .where(row.name == version.name, row.version == before)
                .values(**pointer)
            )
        if done.rowcount != 1:
            raise StaleVersion(
                f"Somebody else changed {version.name} at this very moment. Look at it again."
            )
        self._now = None


def _row(version: RuleVersion) -> dict[str, Any]:
    return {field.name: getattr(version, field.name) for field in fields(version)}
