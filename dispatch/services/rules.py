"""Editing rule documents: put a new version, roll back to an old one, or only check."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.domain.rules.incident_types import IncidentTypes
from dispatch.domain.rules.reading import Fault, RulesInvalid
from dispatch.domain.rules.ruleset import RuleVersion
from dispatch.domain.rules_facts import EVERYBODY, RulesChanged, subject_of
from dispatch.domain.text import optional_text
from dispatch.domain.wire import JsonValue
from dispatch.ports import Work
from ops_center.kernel.errors import Invalid, StaleVersion
from ops_center.kernel.events import Author

SUMMARY_MAX: Final = 300
DOCUMENT_BYTES_MAX: Final = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRules:
    """`expected_version` is the one that was edited: 0 for the shipped document."""

    id: UUID
    name: str
    document: JsonValue
    expected_version: int | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollBackRules:
    """`version` 0 is the shipped document."""

    id: UUID
    name: str
    version: int
    expected_version: int | None = None


async def check_rules(work: Work, *, name: str, document: JsonValue) -> tuple[Fault, ...]:
    """Return every reason for which the document would be refused; none: it may be put."""
    _text(document)
    try:
        await _accepted(work, name, document)
    except RulesInvalid as refusal:
        return refusal.faults
    return ()


async def put_rules(work: Work, command: PutRules, *, now: datetime, author: Author) -> RuleVersion:
    """Put the document in force from this transaction on, for everybody."""
    summary = optional_text(command.summary, field="summary", limit=SUMMARY_MAX) or ""
    present = await work.rules.at(command.name)
    _require(present, command.expected_version)
    text = _text(command.document)
    await _accepted(work, command.name, command.document)
    if command.document == present.document:
        return present
    after = RuleVersion(
        name=command.name,
        version=present.version + 1,
        document=command.document,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        summary=summary,
        changed_at=now,
        changed_by=author.name,
    )
    await work.rules.put(after)
    work.record(
        RulesChanged(
            subject=subject_of(after.name),
            version=after.version,
            audience=EVERYBODY,
            name=after.name,
            summary=summary,
        )
    )
    return after


async def roll_back_rules(
    work: Work, command: RollBackRules, *, now: datetime, author: Author
) -> RuleVersion:
    """Put an old version in force again, as a new version; it is checked like any other."""
    old = await work.rules.at(command.name, command.version)
    again = PutRules(
        id=command.id,
        name=command.name,
        document=old.document,
        expected_version=command.expected_version,
        summary=f"↩ {command.version}",
    )
    return await put_rules(work, again, now=now, author=author)


def _require(present: RuleVersion, expected: int | None) -> None:
    if expected is None or expected == present.version:
        return
    raise StaleVersion(
        f"{present.name} changed meanwhile (version {present.version}, not {expected}). "
        "Look at it again, then repeat what is still right.",
        current=present.version,
    )


def _text(document: JsonValue) -> str:
    """The document as it is counted and digested; Invalid before anybody parses a large one."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    if len(text.encode()) > DOCUMENT_BYTES_MAX:
        raise Invalid(f"The document has more than {DOCUMENT_BYTES_MAX} bytes. Shorten it.")
    return text


async def _accepted(work: Work, name: str, document: JsonValue) -> None:
    parsed = await work.rules.parsed_beside(name, document)
    faults: Sequence[Fault] = ()
    if isinstance(parsed, IncidentTypes):
        faults = await _types_in_use(work, parsed)
    if faults:
        raise RulesInvalid(faults)


async def _types_in_use(work: Work, types: IncidentTypes) -> list[Fault]:
    """What an open incident is must not vanish under it; it may be retired."""
    gone = sorted(code for code in await work.incidents.open_types() if not types.find(code))
    return [
        Fault(
            path="/types",
            message=f"open incidents are of type {code!r}: keep it and set active to false",
        )
        for code in gone
    ]
