"""The short lists every screen needs: types, dispositions, statuses, reasons, with labels."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from dispatch.domain import codes
from dispatch.domain.incident_types import INCIDENT_TYPES
from dispatch.domain.wire import object_json
from ops_center.api.deps import Known, problems
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
async def all_codes(known: Known) -> JSONResponse:
    """Return all code lists with their labels."""
    return JSONResponse(_shapes())


@cache
def _shapes() -> dict[str, Any]:
    lists: dict[str, Mapping[str, object]] = {
        "incident_types": INCIDENT_TYPES,
        "call_dispositions": codes.CALL_DISPOSITIONS,
        "incident_dispositions": codes.INCIDENT_DISPOSITIONS,
        "unit_statuses": codes.UNIT_STATUSES,
        "alarm_reasons": codes.ALARM_REASONS,
    }
    shapes = {name: [object_json(one) for one in rows.values()] for name, rows in lists.items()}
    return {**shapes, "view_purposes": VIEW_PURPOSES}
