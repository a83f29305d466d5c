"""Reports over HTTP: what was measured in a period, as JSON, CSV, PDF or GeoParquet."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from dispatch.domain.reporting import Grouping, Period, period_of, period_of_records, targets_of
from dispatch.domain.rules.ruleset import RuleSet
from dispatch.reporting.alarms import alarm_load
from dispatch.reporting.cad_store import list_imports, one_import
from dispatch.reporting.calls import call_classes
from dispatch.reporting.forms.csv_form import to_csv
from dispatch.reporting.forms.labels import labels_of
from dispatch.reporting.forms.words import word
from dispatch.reporting.intervals import response_times
from dispatch.reporting.overrides import overrides
from dispatch.reporting.places import places
from dispatch.reporting.queues import queue_lengths
from dispatch.reporting.sources import Scope, require_own
from dispatch.reporting.workload import workload
from ops_center.api.deps import Reading, Services, problems, requires
from ops_center.api.instants import Instant
from ops_center.api.report_shapes import (
    AlarmLoadOut,
    CallClassesOut,
    Language,
    OverridesOut,
    QueuesOut,
    ReportName,
    ResponseTimesOut,
    SourcesOut,
    WorkloadOut,
)
from ops_center.api.sight import access_of, require_whole_sight
from ops_center.auth.model import Actor, Permission
from ops_center.kernel.clock import wire_time
from ops_center.kernel.database import Connection

router = APIRouter(prefix="/reports", tags=["reports"])

Reader = Annotated[Actor, Depends(requires(Permission.REPORTS_READ))]
MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "parquet": "application/vnd.apache.parquet",
}


def _file_answer(form: str) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA[form].partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": "The file", "content": content}, **problems(404)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which work is asked about, and all that is needed to tell it."""

    scope: Scope
    source: str | None
    title: str | None
    rules: RuleSet
    now: datetime


async def asked(
    reader: Reader,
    connection: Reading,
    services: Services,
    start: Annotated[Instant | None, Query(alias="from")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
    source: Annotated[
        str | None, Query(max_length=48, description="Another centre's records; else the own.")
    ] = None,
) -> Asked:
    """Return what is asked for; by default the last day of the own work, all of an import."""
    now, work = services.clock.now(), services.work(connection)
    rules = await work.rules.current()
    targets = targets_of(rules)
    if not source:
        scope = Scope(
            period=period_of(start, end, now=now),
            timezone=str(work.timezone),
            agency=access_of(reader).agency,
            targets=targets,
        )
        return Asked(scope=scope, source=None, title=None, rules=rules, now=now)
    require_whole_sight(reader)
    found = await one_import(connection, source)
    scope = Scope(
        period=_of_import(found, start, end, now),
        timezone=found["timezone"],
        import_id=found["id"],
        targets=targets,
    )
    return Asked(scope=scope, source=source, title=found["title"], rules=rules, now=now)


def _of_import(
    found: dict[str, Any], start: datetime | None, end: datetime | None, now: datetime
) -> Period:
    if start or end or not found["first"]:
        return period_of(start, end, now=now)
    return period_of_records(found["first"], found["last"])


Wanted = Annotated[Asked, Depends(asked)]
GroupBy = Annotated[Grouping, Query()]


@router.get("/sources", responses={200: {"model": SourcesOut}, **problems()})
async def sources(reader: Reader, connection: Reading) -> JSONResponse:
    """Return other centres' records that were taken over; for people of one agency none."""
    found = await list_imports(connection) if reader.access.whole else []
    return JSONResponse({"items": found})


@router.get("/response-times", responses={200: {"model": ResponseTimesOut}, **problems(404)})
async def report_response_times(
    wanted: Wanted, connection: Reading, group_by: GroupBy = Grouping.NONE
) -> JSONResponse:
    """Return percentiles of each interval, by group, with the share within its target."""
    return JSONResponse(await _report(ReportName.RESPONSE_TIMES, connection, wanted, group_by))


@router.get("/calls", responses={200: {"model": CallClassesOut}, **problems(404)})
async def report_calls(wanted: Wanted, connection: Reading) -> JSONResponse:
    """Return how many calls came, how many of them were real, and of which class."""
    return JSONResponse(await _report(ReportName.CALLS, connection, wanted))


@router.get("/queues", responses={200: {"model": QueuesOut}, **problems(404)})
async def report_queues(wanted: Wanted, connection: Reading) -> JSONResponse:
    """Return how many calls waited, and incidents had no unit, over time and by hour of the day."""
    return JSONResponse(await _report(ReportName.QUEUES, connection, wanted))


@router.get("/workload", responses={200: {"model": WorkloadOut}, **problems(404)})
async def report_workload(wanted: Wanted, connection: Reading) -> JSONResponse:
    """Return what each operator handled and how long each unit was bound."""
    return JSONResponse(await _report(ReportName.WORKLOAD, connection, wanted))


@router.get("/overrides", responses={200: {"model": OverridesOut}, **problems(404)})
async def report_overrides(wanted: Wanted, connection: Reading) -> JSONResponse:
    """Return how often others than the recommended units were sent, why, and what it cost."""
    return JSONResponse(await _report(ReportName.OVERRIDES, connection, wanted))


@router.get("/alarms", responses={200: {"model": AlarmLoadOut}, **problems(404)})
async def report_alarms(wanted: Wanted, connection: Reading) -> JSONResponse:
    """Return the load of alarms and how many of them were false, by kind and source."""
    return JSONResponse(await _report(ReportName.ALARMS, connection, wanted))


@router.get("/{report}.csv", response_class=Response, responses=_file_answer("csv"))
async def report_as_csv(
    report: ReportName,
    wanted: Wanted,
    connection: Reading,
    group_by: GroupBy = Grouping.NONE,
    lang: Language = Language.ES,
) -> Response:
    """Return a report as CSV (RFC 4180, UTF-8 with BOM; no cell is run as a formula)."""
    told = await _report(report, connection, wanted, group_by)
    labels = labels_of(_labels(wanted, lang))
    made = await asyncio.to_thread(to_csv, report.value, told, labels)
    return _file(made, f"{report}_{_days(wanted)}", "csv")


@router.get("/{report}.pdf", response_class=Response, responses=_file_answer("pdf"))
async def report_as_pdf(
    report: ReportName,
    wanted: Wanted,
    connection: Reading,
    services: Services,
    group_by: GroupBy = Grouping.NONE,
    lang: Language = Language.ES,
) -> Response:
    """Return a report as PDF with tables and vector charts, in Spanish, Guaraní or English."""
    told = await _report(report, connection, wanted, group_by)
    order = {
        "form": "pdf",
        "name": report.value,
        "language": lang.value,
        "report": told,
        "labels": _labels(wanted, lang),
        "title": word(f"title.{report}", lang.value),
        "remarks": _remarks(wanted, lang.value),
    }
    return _file(await services.forms.make(order), f"{report}_{_days(wanted)}", "pdf")


@router.get("/response-times.parquet", response_class=Response, responses=_file_answer("parquet"))
async def places_as_parquet(wanted: Wanted, connection: Reading, services: Services) -> Response:
    """Return where units were sent as GeoParquet: middles of cells of 550 m, no incident's name."""
    rows = await places(connection, wanted.scope)
    made = await services.forms.make({"form": "parquet", "rows": rows})
    return _file(made, f"places_{_days(wanted)}", "parquet")


async def _report(
    name: ReportName, connection: Connection, wanted: Asked, grouping: Grouping = Grouping.NONE
) -> dict[str, Any]:
    scope = wanted.scope
    head = {
        "name": name.value,
        "start": wire_time(scope.period.start),
        "end": wire_time(scope.period.end),
        "timezone": scope.timezone,
        "source": wanted.source,
    }
    if name is ReportName.RESPONSE_TIMES:
        head["group_by"] = grouping.value
        return {**head, **await response_times(connection, scope, grouping)}
    if name is not ReportName.CALLS:
        require_own(scope)
    if name is ReportName.WORKLOAD:
        return {**head, **await workload(connection, scope, now=wanted.now)}
    return {**head, **await _PLAIN[name](connection, scope)}


_PLAIN: Final[dict[ReportName, Callable[[Connection, Scope], Awaitable[dict[str, Any]]]]] = {
    ReportName.CALLS: call_classes,
    ReportName.QUEUES: queue_lengths,
    ReportName.OVERRIDES: overrides,
    ReportName.ALARMS: alarm_load,
}


def _labels(wanted: Asked, language: Language) -> dict[str, dict[str, str]]:
    """Words for the codes of the own work; another centre's words stay as they came."""
    if wanted.source is not None:
        return {}
    rules, lang = wanted.rules, language.value
    return {
        "type": {one.code: str(getattr(one.labels, lang)) for one in rules.types},
        "disposition": {
            "undecided": word("undecided", lang),
            **{
                code: str(getattr(one.labels, lang))
                for code, one in rules.dispositions.calls.items()
            },
        },
    }


def _remarks(wanted: Asked, language: str) -> list[str]:
    zone = ZoneInfo(wanted.scope.timezone)
    start, end, now = (
        f"{at.astimezone(zone):%d/%m/%Y %H:%M}"
        for at in (wanted.scope.period.start, wanted.scope.period.end, wanted.now)
    )
    source = wanted.title or word("own", language)
    return [
        f"{word('period', language)}: {start} - {end} ({wanted.scope.timezone})",
        f"{word('source', language)}: {source}",
        f"{word('made', language)}: {now}",
    ]


def _days(wanted: Asked) -> str:
    """The days of the period, for the name of a file."""
    return f"{wanted.scope.period.start:%Y-%m-%d}_{wanted.scope.period.end:%Y-%m-%d}"


def _file(content: bytes, name: str, form: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(content, media_type=MEDIA[form], headers=headers)
