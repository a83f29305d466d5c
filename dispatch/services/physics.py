"""Status from physics: propose, confirm, refuse; doubt what is said against what is seen."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dispatch.domain import physics
from dispatch.domain.physics import LOOKED_BACK, Sighting, Verdict
from dispatch.domain.unit import Unit, step
from dispatch.domain.unit_facts import (
    UnitDisagreementFlagged,
    UnitDisagreementSettled,
    UnitProposalRejected,
    UnitStatusProposed,
)
from dispatch.domain.unit_parts import Proposal, Refusal, StatusSource
from dispatch.ports import Work
from dispatch.services.units import ReportStatus, report_status
from gis.geometry import Point
from ops_center.kernel.errors import Conflict
from ops_center.kernel.events import Author, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """Look at a unit whose last position may mean something; `hospital` is the one it is near."""

    id: UUID
    unit_id: UUID
    hospital: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmProposal:
    """`status` is the one the person saw proposed, so that nobody confirms another by chance."""

    id: UUID
    unit_id: UUID
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectProposal:
    id: UUID
    unit_id: UUID
    status: str | None = None


async def observe(work: Work, command: Observe, *, now: datetime, author: Author) -> Unit | None:
    """Propose a status or flag a doubt when the unit's track says so; None when it has no track."""
    rules = (await work.rules.current()).statuses
    await work.units.lock([command.unit_id])
    begin = now - LOOKED_BACK
    seen = await work.movements.sighting(command.unit_id, freed_since=begin)
    if seen is None:
        return None
    seen = replace(seen, hospital=command.hospital)
    track = await work.movements.track(command.unit_id, begin)
    verdict = physics.judge(seen, track, rules=rules, now=now)
    if verdict.is_empty:
        return seen.unit
    after, fact = _told(seen, verdict)
    await work.units.put(after)
    work.record(fact)
    return after


async def confirm_proposal(
    work: Work, command: ConfirmProposal, *, now: datetime, author: Author
) -> Unit:
    """Take the proposed status over, with the time of the positions; the fact says where from."""
    unit = await work.units.get(command.unit_id)
    proposal = _proposed(unit, command.status)
    report = ReportStatus(
        id=command.id,
        unit_id=unit.id,
        status=proposal.status,
        occurred_at=max(proposal.since, unit.status_at),
        source=StatusSource.PHYSICS,
    )
    return await report_status(work, report, now=now, author=author)


async def reject_proposal(
    work: Work, command: RejectProposal, *, now: datetime, author: Author
) -> Unit:
    """Put the proposal aside; the same arrival is not proposed again."""
    [unit] = await work.units.lock([command.unit_id])
    proposal = _proposed(unit, command.status)
    on = unit.assignment.incident_id if unit.assignment else None
    refusal = Refusal(status=proposal.status, incident_id=on, at=now)
    after = step(unit, proposal=None, refused=refusal)
    await work.units.put(after)
    work.record(
        UnitProposalRejected(
            subject=after.id,
            version=after.version,
            incident=on,
            audience=after.audience,
            proposal=None,
            note=proposal.status,
        )
    )
    return after


def _proposed(unit: Unit, status: str | None) -> Proposal:
    if unit.proposal is None or status not in {None, unit.proposal.status}:
        raise Conflict(
            f"Nothing of the kind is proposed for {unit.callsign} now. Look at it again.",
            code="no-such-proposal",
            unit_id=str(unit.id),
            proposed=unit.proposal.status if unit.proposal else None,
        )
    return unit.proposal


def _told(seen: Sighting, verdict: Verdict) -> tuple[Unit, Fact]:
    unit = seen.unit
    on = unit.assignment.incident_id if unit.assignment else None
    if verdict.proposal is not None or verdict.withdrawn:
        after = step(unit, proposal=verdict.proposal)
        return after, UnitStatusProposed(
            subject=after.id,
            version=after.version,
            incident=on,
            audience=after.audience,
            occurred_at=verdict.proposal.since if verdict.proposal else None,
            proposal=verdict.proposal,
        )
    after = step(unit, disagreement=verdict.disagreement)
    kind = UnitDisagreementSettled if verdict.settled else UnitDisagreementFlagged
    return after, kind(
        subject=after.id,
        version=after.version,
        incident=on,
        audience=after.audience,
        disagreement=after.disagreement,
    )
