"""Where callers are, as handsets and networks send it: AML over HTTPS and SMS, and PIDF-LO.

Senders of AML cannot mend what they send and do not try again, so they always get a 2xx: what
cannot be used is set aside with its reason, or dropped and counted in the log.
"""

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from dispatch.domain.caller_location import signature
from dispatch.domain.caller_location.aml_https import parse_aml
from dispatch.domain.caller_location.aml_sms import TEXT_MAX, parse_sms
from dispatch.domain.caller_location.inbox import Channel, LocationReport, Outcome
from dispatch.domain.caller_location.pidf_lo import parse_pidf_lo
from dispatch.domain.caller_location.report import Report, misplaced
from dispatch.domain.caller_location.signature import Signature
from dispatch.domain.masking import masked
from dispatch.domain.wire import JsonObject, to_json
from dispatch.repository.sources import list_reports
from dispatch.services.caller_locations import ReceiveLocations, receive_locations
from ops_center.api.covering import hidden_calls
from ops_center.api.deps import (
    OPEN_TO_ALL,
    Commands,
    Doing,
    Reading,
    Services,
    credentials_of,
    problems,
    requires,
)
from ops_center.api.location_shapes import LocationReportsOut, TakenInOut
from ops_center.api.services import ApiServices
from ops_center.api.sight import require_whole_sight
from ops_center.auth.model import Actor, Permission
from ops_center.auth.recognise import Credentials
from ops_center.kernel import transaction
from ops_center.kernel.database import DATABASE_TROUBLE
from ops_center.kernel.errors import DomainError, Invalid, TooMany, Unauthenticated
from ops_center.kernel.events import Author
from ops_center.kernel.ids import derived_id

router = APIRouter(prefix="/locations", tags=["locations"])
PAGE_MAX: Final = 500
GATEWAY: Final = Author(id=derived_id("gateway", "aml"), name="aml")
FORM: Final = "application/x-www-form-urlencoded"
PIDF: Final = "application/pidf+xml"
TAMPERED: Final = "the signature is wrong: changed on its way, or another key"
UNKNOWN_SENDER: Final = "neither a key nor a signature says who sends this"

Reader = Annotated[Actor, Depends(requires(Permission.CALLS_READ))]
log = structlog.get_logger()


def _body(media_type: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    content = {media_type: {"schema": schema}}
    return {"requestBody": {"required": False, "content": content}, **more}


@router.post(
    "/aml",
    status_code=202,
    responses={202: {"model": TakenInOut}},
    openapi_extra=_body(FORM, {"type": "object", "additionalProperties": True}, **OPEN_TO_ALL),
)
async def receive_aml(request: Request, services: Services) -> JSONResponse:
    """Take in an AML form (ETSI TS 103 625). Always 202, whatever the form holds.

    Who sends it is known by an API key, or by the form's signature with the centre's key.
    """
    body = await request.body()
    sender, distrust = await _sender(request, services, body)
    report = parse_aml(body, now=services.clock.now())
    return await _taken_in(request, services, Channel.AML, body, report, sender, distrust)


@router.post(
    "/sms",
    status_code=202,
    responses={202: {"model": TakenInOut}},
    openapi_extra=_body("text/plain", {"type": "string"}, **OPEN_TO_ALL),
)
async def receive_sms(
    request: Request,
    services: Services,
    number: str | None = None,
) -> JSONResponse:
    """Take in an AML text message, version 1 or 2, of the number it came from. Always 202."""
    body = await request.body()
    sender, distrust = await _sender(request, services, b"")
    text = body[: 4 * TEXT_MAX].decode("utf-8", "replace")
    report = parse_sms(text, sender=number, now=services.clock.now())
    named = f"{number or ''}\n".encode() + body
    return await _taken_in(request, services, Channel.SMS, named, report, sender, distrust)


@router.post(
    "/pidf-lo",
    responses={200: {"model": LocationReportsOut}, **problems(409)},
    openapi_extra=_body(PIDF, {"type": "string"}),
)
async def receive_pidf_lo(
    request: Request,
    commands: Commands,
    number: Annotated[str | None, Query(max_length=32)] = None,
) -> JSONResponse:
    """Take in a location object (RFC 4119, RFC 5491) of a network or a SIP call.

    `number` is the caller's; without it the document's entity is asked.
    """

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        body = await request.body()
        report = await asyncio.to_thread(parse_pidf_lo, body, number=number, now=doing.now)
        wrong = misplaced(report, doing.services.city_extent())
        if wrong is not None:
            raise Invalid(wrong, code="coordinates-swapped", field="pos")
        message = derived_id("pidf-lo", number or "", hashlib.sha256(body).hexdigest())
        command = ReceiveLocations(id=message, channel=Channel.PIDF_LO, report=report)
        kept = await receive_locations(doing.work, command, now=doing.now, author=doing.author)
        return {"items": [shape(one) for one in kept]}

    return await commands.run(Permission.CALLS_WRITE, do)


@router.get("", responses={200: {"model": LocationReportsOut}, **problems()})
async def list_location_reports(
    reader: Reader,
    connection: Reading,
    outcome: Outcome | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> JSONResponse:
    """Return what came in during the last day, newest first: joined, waiting or set aside."""
    require_whole_sight(reader)
    found = await list_reports(
        connection, outcome=outcome, before=_read_cursor(cursor), limit=limit
    )
    last = found[-1] if len(found) == limit else None
    following = f"{last.received_at.isoformat()}~{last.id}" if last else None
    hidden = await hidden_calls(connection, reader, {one.call_id for one in found if one.call_id})
    items = [covered(one) if one.call_id in hidden else shape(one) for one in found]
    return JSONResponse({"items": items, "next_cursor": following})


def shape(report: LocationReport) -> JsonObject:
    """Return a report as HTTP shows it; the number stays with the call."""
    fix = report.fix
    return {
        "id": str(report.id),
        "channel": report.channel.value,
        "outcome": report.outcome.value,
        "reason": report.reason,
        "notes": list(report.notes),
        "call_id": to_json(report.call_id),
        "received_at": to_json(report.received_at),
        "method": fix.method if fix else None,
        "source": fix.source if fix else None,
        "location": to_json(fix.location) if fix else None,
        "measured_at": to_json(fix.measured_at) if fix else None,
        "floor": fix.floor if fix else None,
    }


def covered(report: LocationReport) -> JsonObject:
    """Return a report of a call whose protected incident its reader need not know."""
    return {**masked(shape(report)), "floor": None, "notes": []}


async def _sender(
    request: Request, services: ApiServices, body: bytes
) -> tuple[Author | None, str | None]:
    """Who sends it, or None with the reason for not believing it. Cookies do not count here."""
    key = services.aml_key
    signed = signature.check(body, key) if key else Signature.NONE
    if signed is Signature.WRONG:
        return None, TAMPERED
    if signed is Signature.GOOD:
        return GATEWAY, None
    bearer = credentials_of(request).bearer
    try:
        known = await services.recogniser.recognise(Credentials(cookie=None, bearer=bearer))
    except (Unauthenticated, *DATABASE_TROUBLE):
        return None, UNKNOWN_SENDER
    if not known.actor.may(Permission.CALLS_WRITE) or not known.actor.access.whole:
        return None, UNKNOWN_SENDER
    return known.actor.author, None


async def _taken_in(
    request: Request,
    services: ApiServices,
    channel: Channel,
    body: bytes,
    report: Report,
    sender: Author | None,
    distrust: str | None,
) -> JSONResponse:
    """Keep the message, and answer 202 even when nothing could be kept."""
    swapped = misplaced(report, services.city_extent())
    command = ReceiveLocations(
        id=derived_id("location", channel.value, hashlib.sha256(body).hexdigest()),
        channel=channel,
        report=report,
        distrust=distrust or swapped,
    )
    try:
        if sender is None:
            # Strangers may fill a little of the inbox each minute, so that tampering is seen.
            address = request.client.host if request.client else "unknown"
            services.sign_in_limit.take(f"locations {address}")
        kept = await _keep(services, command, sender or GATEWAY)
    except TooMany:
        log.warning("location.dropped", channel=channel.value, cause="too many of strangers")
        return _answer("quarantined")
    except DATABASE_TROUBLE as trouble:
        log.warning("location.lost", channel=channel.value, cause=type(trouble).__name__)
        return _answer("lost")
    except DomainError as refused:
        log.warning("location.refused", channel=channel.value, code=refused.problem_code)
        return _answer("quarantined")
    if command.distrust:
        log.warning("location.quarantined", channel=channel.value, reason=command.distrust)
        return _answer("quarantined")
    return _answer("taken", kept)


async def _keep(
    services: ApiServices, command: ReceiveLocations, author: Author
) -> list[LocationReport]:
    async with transaction.begin(
        services.database, author=author, cause=command.id, clock=services.clock
    ) as tx:
        work = services.work(tx.connection, tx.record)
        now = services.clock.now()
        kept = await receive_locations(work, command, now=now, author=author)
        await tx.commit()
    return kept


def _answer(outcome: str, kept: list[LocationReport] | None = None) -> JSONResponse:
    return JSONResponse({"outcome": outcome, "items": [shape(one) for one in kept or ()]}, 202)


def _read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    instant, _, identity = cursor.partition("~")
    try:
        return datetime.fromisoformat(instant).astimezone(UTC), UUID(identity)
    except (ValueError, OverflowError):
        raise Invalid("This cursor is not one of ours: take next_cursor as it was answered.",
                      field="cursor") from None  # fmt: skip
