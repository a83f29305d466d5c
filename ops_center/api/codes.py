"""The short lists every screen needs: types, dispositions, statuses, reasons, with labels."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dispatch.domain.rules.ruleset import RuleSet
from dispatch.domain.wire import object_json
from ops_center.api.deps import Known, Reading, Services, problems
from ops_center.api.shapes import CodesOut

router = APIRouter(tags=["codes"])

# Why somebody watches when no incident or alarm is the reason. Guaraní: drafts to be reviewed.
VIEW_PURPOSES = [
    {"code": code, "labels": {"es": es, "gn": gn, "en": en}}
    for code, es, gn, en in (
        ("patrol", "Ronda de vigilancia", "Ñangareko jere", "Surveillance round"),
        ("support", "Apoyo a un móvil", "Mba'yrumýi pytyvõ", "Support to a unit"),
        ("technical", "Prueba técnica", "Ñeha'ã aporeko", "Technical check"),
        ("court_order", "Oficio judicial", "Tekojoja jerure", "Court order"),
        ("training", "Capacitación", "Ñembokatupyry", "Training"),
    )
]


@router.get("/codes", responses={200: {"model": CodesOut}, **problems()})
async def all_codes(known: Known, connection: Reading, services: Services) -> JSONResponse:
    """Return all code lists with their labels."""
    rules = await services.work(connection).rules.current()
    return JSONResponse(_shapes(rules))


def _shapes(rules: RuleSet) -> dict[str, Any]:
    lists: dict[str, Iterable[object]] = {
        "incident_groups": rules.types.groups,
        "incident_types": rules.types,
        "call_dispositions": rules.dispositions.calls.values(),
        "incident_dispositions": rules.dispositions.incidents.values(),
        "unit_statuses": rules.statuses.statuses.values(),
        "out_reasons": rules.statuses.out_reasons.values(),
        "alarm_reasons": rules.dispositions.alarms.values(),
    }
    shapes = {name: [object_json(one) for one in rows] for name, rows in lists.items()}
    return {**shapes, "view_purposes": VIEW_PURPOSES}
