"""Interviewing a caller: the protocol of a type, question by question, under one set of rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from dispatch.domain import interview as interviews
from dispatch.domain.call import Call
from dispatch.domain.call_parts import Answered, Interview
from dispatch.domain.changing import with_changes
from dispatch.domain.events import IncidentChanged
from dispatch.domain.incident import step
from dispatch.domain.labels import Labels
from dispatch.domain.rules.protocols import Protocol, Protocols, Question
from dispatch.ports import Work
from dispatch.services.call_taking import keep
from dispatch.services.planning import replanned
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class StartInterview:
    id: UUID
    call_id: UUID
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    id: UUID
    call_id: UUID
    question: str
    answer: str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """An interview with the words to begin with and the questions that are still to be asked."""

    interview: Interview
    opening: Labels | None
    next: tuple[Question, ...]


async def start_interview(
    work: Work, command: StartInterview, *, now: datetime, author: Author
) -> Call:
    """Begin the protocol that the type names; Invalid when it names none."""
    rules = await work.rules.current()
    kind = rules.types.chosen(command.type)
    if kind.protocol is None:
        raise Invalid(
            f"Type {kind.code} has no questions. Go on without.", code="no-protocol", field="type"
        )
    [call] = await work.calls.lock([command.call_id])
    after, facts = interviews.start(
        call,
        type_code=kind.code,
        protocol=rules.protocols[kind.protocol],
        version=rules.versions[interviews.DOCUMENT],
        base=kind.priority,
        now=now,
    )
    if facts:
        await keep(work, after, facts)
    return after


async def answer_question(
    work: Work, command: AnswerQuestion, *, now: datetime, author: Author
) -> Call:
    """Keep an answer; where it moves the priority, the call's incident follows in sight."""
    [call] = await work.calls.lock([command.call_id])
    held = interviews.require_interview(call)
    given = Answered(question=command.question, answer=command.answer, at=now, by=author.name)
    protocol = await _protocol(work, held)
    after, facts = interviews.answer(call, protocol, given, base=_base(held))
    if not facts:
        return after
    await keep(work, after, facts)
    if after.incident_id is not None and after.interview is not None:
        await _carry_over(work, after, before=held, now=now)
    return after


async def asking(work: Work, call_id: UUID) -> Asking:
    """Return the call's interview and what to ask next; Conflict when none was begun."""
    held = interviews.require_interview(await work.calls.get(call_id))
    protocol = await _protocol(work, held)
    return Asking(
        interview=held,
        opening=protocol.opening,
        next=protocol.next(interviews.answers_of(held)),
    )


async def _carry_over(work: Work, call: Call, *, before: Interview, now: datetime) -> None:
    """Let the call's incident follow, with the plan that the new priority asks for."""
    assert call.incident_id is not None, "the caller looked"
    assert call.interview is not None, "the caller looked"
    [incident] = await work.incidents.lock([call.incident_id])
    changes = interviews.carried_over(incident, before=before, after=call.interview)
    if not changes:
        return
    changes |= await replanned(work, incident, changes, now=now)
    moved = step(incident, **changes)
    await work.incidents.put(moved)
    fact = IncidentChanged(
        subject=moved.id, version=moved.version, incident=moved.id, audience=moved.audience
    )
    work.record(with_changes(fact, changes))


async def _protocol(work: Work, held: Interview) -> Protocol:
    """The protocol as it was when the interview began, whatever was edited since."""
    written = await work.rules.value_at(interviews.DOCUMENT, held.version)
    known = cast("Protocols", written).get(held.protocol)
    if known is None:
        raise Conflict(
            f"Protocol {held.protocol} is gone. Begin the interview again.", code="no-protocol"
        )
    return known


def _base(held: Interview) -> int:
    """The priority the interview began with: the first effect's, else what it still has."""
    if held.effects:
        return held.effects[0].before
    return held.priority
