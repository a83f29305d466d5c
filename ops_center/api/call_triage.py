"""What helps to judge a call: what is known around it, its interview, and storms it lies in."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from dispatch import call_history
from dispatch.domain import storms, triage
from dispatch.domain.call import Call
from dispatch.domain.call_parts import Line
from dispatch.domain.incident import Incident
from dispatch.domain.rules.dispositions import Dispositions
from dispatch.domain.rules.protocols import Question
from dispatch.domain.rules.ruleset import RuleSet
from dispatch.domain.wire import JsonObject, JsonValue, object_json, to_json
from dispatch.services import interviewing, witnessing
from gis.geodesy import at_confidence
from ops_center.api.call_shapes import (
    AnswerIn,
    AskingOut,
    EarlierOut,
    InterviewIn,
    StormsOut,
    TriageOut,
    WitnessesIn,
)
from ops_center.api.calls import ANSWER, WRITE, Reader, change
from ops_center.api.covering import require_known_call, shown_incident
from ops_center.api.deps import Commands, Doing, Reading, Services, problems, requires
from ops_center.api.incident_shapes import IncidentOut
from ops_center.api.sight import require_whole_sight, seen_incident
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.ids import derived_id

router = APIRouter(prefix="/calls", tags=["calls"])
of_incidents = APIRouter(prefix="/incidents", tags=["incidents"])

Taker = Annotated[Actor, Depends(requires(Permission.CALLS_WRITE))]


def _sight(actor: Actor, rules: RuleSet) -> call_history.Sight:
    return call_history.Sight(
        protected=actor.may(Permission.PROTECTED_READ),
        violent=frozenset(kind.code for kind in rules.types if kind.violent),
    )


@router.get("/{call_id}/earlier", responses={200: {"model": EarlierOut}, **problems(404)})
async def earlier(
    call_id: UUID, reader: Reader, connection: Reading, services: Services
) -> JSONResponse:
    """Return earlier calls of the number, and what happened at the place before."""
    require_whole_sight(reader)
    work = services.work(connection)
    call = await work.calls.get(call_id)
    sight = _sight(reader, await work.rules.current())
    return JSONResponse(
        {
            "by_number": to_json(await call_history.earlier_by_number(connection, call, sight)),
            "by_place": to_json(await call_history.earlier_at_place(connection, call, sight)),
        }
    )


@router.get("/{call_id}/triage", responses={200: {"model": TriageOut}, **problems(404)})
async def judge(
    call_id: UUID, taker: Taker, connection: Reading, services: Services
) -> JSONResponse:
    """Return what is known of number and place, a suggested priority, and the one-key codes."""
    require_whole_sight(taker)
    work = services.work(connection)
    now = services.clock.now()
    call = await work.calls.get(call_id)
    rules = await work.rules.current()
    sight = _sight(taker, rules)
    known = triage.Known(
        repeat=await call_history.repeats(connection, call),
        earlier=await call_history.earlier_at_place(connection, call, sight),
        nearby=await call_history.open_nearby(connection, call, sight),
        violence_notes=await call_history.violence_notes(connection, call, now=now),
        line_lost=call.line is Line.HUNG_UP,
        unsure_m=at_confidence(call.location).uncertainty_m if call.location else None,
    )
    return JSONResponse(
        {
            "repeat": to_json(known.repeat),
            "earlier_at_place": to_json(list(known.earlier)),
            "open_nearby": to_json(list(known.nearby)),
            "violence_notes": known.violence_notes,
            "suggestion": object_json(triage.suggest(known, now=now)),
            "keys": _keys(rules.dispositions),
        }
    )


def _keys(dispositions: Dispositions) -> list[JsonValue]:
    keyed = [one for one in dispositions.calls.values() if one.key and one.active]
    return [
        {"key": one.key, "code": one.code, "labels": to_json(one.labels)}
        for one in sorted(keyed, key=lambda one: one.key or "")
    ]


@router.post("/{call_id}/interview", responses={**ANSWER, **problems(404, 409)})
async def start_interview(call_id: UUID, body: InterviewIn, commands: Commands) -> JSONResponse:
    """Begin the questions of a type; the same type again goes on where one was."""

    async def intention(doing: Doing) -> Call:
        command = interviewing.StartInterview(id=doing.id, call_id=call_id, type=body.type)
        return await interviewing.start_interview(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await change(commands, intention)


@router.post("/{call_id}/interview/answers", responses={**ANSWER, **problems(404, 409)})
async def answer_question(call_id: UUID, body: AnswerIn, commands: Commands) -> JSONResponse:
    """Keep an answer; what it does to the priority stands in the call and in its incident."""

    async def intention(doing: Doing) -> Call:
        command = interviewing.AnswerQuestion(
            id=doing.id, call_id=call_id, question=body.question, answer=body.answer
        )
        return await interviewing.answer_question(
            doing.work, command, now=doing.now, author=doing.author
        )

    return await change(commands, intention)


NO_INTERVIEW: dict[int | str, dict[str, Any]] = {204: {"description": "No interview was begun"}}


@router.get(
    "/{call_id}/interview",
    responses={200: {"model": AskingOut}, **NO_INTERVIEW, **problems(404)},
)
async def get_interview(
    call_id: UUID, reader: Reader, connection: Reading, services: Services
) -> Response:
    """Return the interview, and which questions are still to be asked; 204 before it is begun."""
    require_whole_sight(reader)
    work = services.work(connection)
    call = await work.calls.get(call_id)
    await require_known_call(connection, reader, call)
    if call.interview is None:
        return Response(status_code=204)
    found = await interviewing.asking(work, call_id)
    return JSONResponse(
        {
            **object_json(found.interview),
            "opening": to_json(found.opening) if found.opening else None,
            "next": [_question(one) for one in found.next],
        }
    )


def _question(question: Question) -> JsonObject:
    """What a screen asks; what an answer would do is nobody's business before it is given."""
    shape = object_json(question)
    return {name: shape[name] for name in ("code", "kind", "text", "choices")}


@of_incidents.post(
    "/{incident_id}/witnesses", responses={200: {"model": IncidentOut}, **problems(404, 409)}
)
async def link_witnesses(incident_id: UUID, body: WitnessesIn, commands: Commands) -> JSONResponse:
    """Link many calls in one command: all of them, or none."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        await seen_incident(doing.work, doing.actor, incident_id)
        command = witnessing.LinkWitnesses(
            id=doing.id, incident_id=incident_id, call_ids=tuple(body.call_ids)
        )
        grown: Incident = await witnessing.link_witnesses(
            doing.work, command, now=doing.now, author=doing.author
        )
        return shown_incident(doing.actor, grown)

    return await commands.run(WRITE, do)


# Literal paths stand before /calls/{call_id}: this router is included first.
of_many = APIRouter(prefix="/calls", tags=["calls"])


@of_many.get("/storms", responses={200: {"model": StormsOut}, **problems()})
async def get_storms(taker: Taker, connection: Reading, services: Services) -> JSONResponse:
    """Offer calls about the same thing as one; nothing is linked until a person says so."""
    require_whole_sight(taker)
    now = services.clock.now()
    calls = await call_history.unlinked(connection, now=now)
    known = await call_history.known_incidents(connection, now=now)
    # Hundreds of calls take tens of milliseconds: not on the loop that everybody waits for.
    return JSONResponse({"storms": await asyncio.to_thread(_offered, calls, known)})


def _offered(calls: list[Call], known: list[storms.Known]) -> list[JsonObject]:
    heard = [call_history.heard_of(call) for call in calls]
    return [_storm(one) for one in storms.find_storms(heard, known)]


def _storm(storm: storms.Storm) -> JsonObject:
    identity = storm.incident_id or derived_id("storm", str(storm.call_ids[0]))
    return {
        **object_json(storm),
        "id": str(identity),
        "outlier_call_ids": [str(one.call_id) for one in storm.outliers],
    }
