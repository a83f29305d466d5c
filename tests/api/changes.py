"""Every way to change something over HTTP, with a body of the right shape for each."""

from dataclasses import dataclass
from typing import Any

from ops_center.kernel.ids import new_id
from tests.edges import camera_body


@dataclass(frozen=True)
class Change:
    """A mutation with a body of the right shape; `who` is a role that may do it."""

    name: str
    method: str
    path: str
    body: Any
    who: str = "dispatcher"
    if_match: bool = False


PLACE = {"lon": 24.94, "lat": 60.17, "uncertainty_m": 20.0, "confidence": 0.9}
FIX = {"lon": 24.94, "lat": 60.17, "occurred_at": "2026-01-15T14:00:00Z", "accuracy_m": 5.0}
RULE = {"name": "Portón", "zone": [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]], "threshold": 0.01}
NO_CLOSURE = str(new_id())
CHANGES = (
    Change("receive_call", "POST", "/calls",
           {"source": "phone", "caller_number": "0981 1", "narrative": "…", "location": PLACE,
            "address_text": "Palma 1", "occurred_at": "2026-01-15T14:00:00Z"}),
    Change("locate_call", "POST", "/calls/{call}/locate", {"location": PLACE}),
    Change("link_call", "POST", "/calls/{call}/link", {"incident_id": str(new_id())}),
    Change("close_call", "POST", "/calls/{call}/close", {"disposition": "bad-disposition"}),
    Change("open_incident", "POST", "/incidents",
           {"type": "noise", "priority": 2, "location": PLACE, "narrative": "…"}),
    Change("change_incident", "PATCH", "/incidents/{incident}",
           {"type": "fight", "priority": 2, "narrative": "…", "location": PLACE}, if_match=True),
    Change("note", "POST", "/incidents/{incident}/notes", {"text": "…"}),
    Change("merge", "POST", "/incidents/{incident}/merge", {"into": str(new_id())}, if_match=True),
    Change("close", "POST", "/incidents/{incident}/close", {"disposition": "nope"}, if_match=True),
    Change("assign", "POST", "/incidents/{incident}/assignments",
           {"unit_ids": [str(new_id())], "override_reason": "…"}),
    Change("release", "POST", "/incidents/{incident}/assignments/release",
           {"unit_ids": [str(new_id())], "reason": "…"}),
    Change("register_unit", "POST", "/units",
           {"callsign": "X1", "agency": "POL", "kind": "bad-kind", "profile": "patrol",
            "capabilities": ["patrol"], "in_service": True}, "admin"),
    Change("change_unit", "PATCH", "/units/{unit}", {"kind": "patrol"}, "admin"),
    Change("report_status", "POST", "/units/{unit}/status",
           {"status": "bad-status", "reason": "…", "occurred_at": "2026-01-15T14:00:00Z"}),
    Change("positions", "POST", "/units/{unit}/locations", [FIX]),
    Change("emergency", "POST", "/units/{unit}/emergency", {"location": PLACE}),
    Change("clear_emergency", "POST", "/units/{unit}/emergency/clear", {"reason": "…"}),
    Change("verify", "POST", "/alarms/{alarm}/verify", {"type": "bad-type", "narrative": "…"}),
    Change("dismiss", "POST", "/alarms/{alarm}/dismiss", {"reason": "bad-reason"}),
    Change("add_camera", "POST", "/cameras",
           {**camera_body(PLACE), "heading_deg": 1, "fov_deg": 90, "rules": [RULE]}, "admin"),
    Change("change_camera", "PATCH", "/cameras/{camera}", {"name": "C", "heading_deg": 2}, "admin",
           if_match=True),
    Change("add_local_name", "POST", "/gazetteer",
           {"name": "La Recova", "kind": "market", "lon": 24.94, "lat": 60.17,
            "aliases": ["Recova"], "note": "…"}, "admin"),
    Change("change_local_name", "PATCH", "/gazetteer/{entry}",
           {"name": "Recova", "aliases": ["La Recova"], "note": "…"}, "admin", if_match=True),
    Change("report_place", "POST", "/place-reports",
           {"text": "Palma 1", "note": "…", "right": {"lon": 24.94, "lat": 60.17},
            "chosen": {"label": "Palma", "lon": 24.94, "lat": 60.17}}),
    Change("settle_report", "POST", "/place-reports/{report}/settle",
           {"outcome": "bad-outcome", "note": "…"}, "admin"),
    Change("draw_closure", "POST", "/closures",
           {"geometry": {"type": "Point", "coordinates": [24.94, 60.17]}, "radius_m": 5.0,
            "reason": "…", "from": "2026-01-15T14:00:00Z", "until": "2026-01-15T15:00:00Z",
            "applies_to": "civil"}),
    Change("change_closure", "PATCH", f"/closures/{NO_CLOSURE}",
           {"reason": "…", "until": "2026-01-15T15:00:00Z"}, if_match=True),
    Change("change_user", "PATCH", "/users/nobody-here", {"unit_id": str(new_id())}, "admin"),
)  # fmt: skip
