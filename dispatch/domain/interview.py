"""Interviews: a call's type leads to a protocol, and the answers move the priority in sight."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatch.domain.call import Call, acted, require_not_closed
from dispatch.domain.call_facts import CallInterviewAnswered, CallInterviewStarted
from dispatch.domain.call_parts import Answered, AnswerEffect, Interview
from dispatch.domain.incident import Incident
from dispatch.domain.rules.incident_types import IncidentType
from dispatch.domain.rules.protocols import Answers, Explained, Protocol
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Fact

DOCUMENT: Final = "protocols"


def start(
    call: Call, *, type_code: str, protocol: Protocol, version: int, base: int, now: datetime
) -> tuple[Call, list[Fact]]:
    """Begin the protocol of a type; the same type again goes on with what was answered.

    Another type begins anew: its questions are others. `base` is the type's own priority.
    """
    require_not_closed(call)
    held = call.interview
    if held is not None and held.type == type_code:
        return call, []
    begun = Interview(
        type=type_code,
        protocol=protocol.code,
        version=version,
        answers=(),
        priority=base,
        effects=(),
        done=protocol.is_done({}),
    )
    after = acted(call, now=now, interview=begun)
    fact = CallInterviewStarted(
        subject=after.id,
        version=after.version,
        incident=after.incident_id,
        interview=begun,
        claim_stale=after.claim_stale,
    )
    return after, [fact]


def answer(
    call: Call, protocol: Protocol, given: Answered, *, base: int
) -> tuple[Call, list[Fact]]:
    """Keep an answer, the newest to a question counting, and what all answers now amount to.

    Invalid for a question the protocol does not ask, or an answer that it does not know.
    """
    require_not_closed(call)
    held = require_interview(call)
    accepted = protocol.question(given.question).accepts(given.answer)
    if answers_of(held).get(given.question) == accepted:
        return call, []
    kept = tuple(one for one in held.answers if one.question != given.question)
    answers = (*kept, replace(given, answer=accepted))
    told = {one.question: one.answer for one in answers}
    priority, explained = protocol.priority(base, told)
    after_it = replace(
        held,
        answers=answers,
        priority=priority,
        effects=tuple(_effect(one) for one in explained),
        done=protocol.is_done(told),
    )
    after = acted(call, now=given.at, interview=after_it)
    fact = CallInterviewAnswered(
        subject=after.id,
        version=after.version,
        incident=after.incident_id,
        interview=after_it,
        claim_stale=after.claim_stale,
    )
    return after, [fact]


def carried_over(incident: Incident, *, before: Interview, after: Interview) -> dict[str, object]:
    """Return how the incident follows the interview; nothing where a person chose otherwise since.

    It follows while its type is the interview's and its priority is the one the interview gave.
    """
    followed = incident.type == after.type and incident.priority == before.priority
    if incident.is_over or not followed or before.priority == after.priority:
        return {}
    return {"priority": after.priority}


def proposed_type(stated: str | None, call: Call | None) -> str:
    """Return the type a person states, else the one the caller was interviewed as, or Invalid."""
    if stated is not None:
        return stated
    if call is None or call.interview is None:
        raise Invalid("Send the type: no interview proposes one.", field="type")
    return call.interview.type


def proposed_priority(proposed: int, call: Call | None, kind: IncidentType, *, stated: bool) -> int:
    """Return what the interview of this very type amounts to, unless a person states another."""
    if stated or call is None or call.interview is None or call.interview.type != kind.code:
        return proposed
    return call.interview.priority


def require_interview(call: Call) -> Interview:
    """Return the call's interview, or Conflict when none was begun."""
    if call.interview is None:
        raise Conflict(
            f"No interview was begun on call {call.number}. Choose its type first.",
            code="no-interview",
            call_id=str(call.id),
        )
    return call.interview


def answers_of(interview: Interview) -> Answers:
    """Return the answers by question."""
    return {one.question: one.answer for one in interview.answers}


def _effect(explained: Explained) -> AnswerEffect:
    return AnswerEffect(
        question=explained.question,
        answer=explained.answer,
        before=explained.before,
        after=explained.after,
        why=explained.why,
        flag=explained.flag,
        read_out=explained.read_out,
        propose_type=explained.propose_type,
    )
