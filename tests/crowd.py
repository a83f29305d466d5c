"""People, machines and timers who do likely and unlikely things to a centre, repeatably.

What can be done is not listed here: it is every service of `dispatch.services` that takes a
command, found when the tests run, its command filled in by the names and types of its fields. A
new service is therefore put to the test without anybody thinking of it.
"""

import copy
import importlib
import inspect
import pkgutil
import random
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Final
from uuid import UUID

import dispatch.services
from dispatch.domain.attaching import ACCEPTED
from dispatch.domain.caller_location.report import HANDSET, CallerFix, Report
from dispatch.domain.positions import RawFix
from dispatch.domain.rules.ruleset import DOCUMENTS
from dispatch.domain.wire import UNSET, Unset
from dispatch.repository import SHIPPED, shipped_rules
from dispatch.services.interviewing import asking
from dispatch.services.positions import UnitFixes
from dispatch.services.rosters import Person
from gis.geometry import Location, Point
from ops_center.kernel.errors import DomainError
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, OTHER_DISPATCHER, at, location

Service = Callable[..., Awaitable[Any]]
PEOPLE: Final = (DISPATCHER, OTHER_DISPATCHER)
AGENCIES: Final = ("POL", "SEME", "CBVP")
UNKNOWN: Final = 0.02  # how often an id is one that nobody has
RECENT: Final = 6
ABSENT: Final = 0.55  # how often an optional field is left out
SKEW: Final = timedelta(hours=2)
SKEWED: Final = 0.15
STEPPED: Final = 0.01
ABORTED: Final = 0.05
REPEATED: Final = 0.05

# What the id of each kind of command becomes the id of.
MAKES: Final = {
    "ReceiveCall": "call",
    "OpenIncident": "incident",
    "SplitIncident": "incident",
    "RegisterUnit": "unit",
    "RaiseAlarm": "alarm",
    "raise_alarms": "alarm",
    "Activate": "alarm",
    "PlanShift": "shift",
    "AddPremise": "premise",
    "AddSource": "source",
}
REFERS: Final = {
    "call_id": "call", "incident_id": "incident", "other_id": "incident", "into": "incident",
    "unit_id": "unit", "alarm_id": "alarm", "shift_id": "shift", "premise_id": "premise",
    "source_id": "source", "call_ids": "call", "alarm_ids": "alarm", "unit_ids": "unit",
    "incident_ids": "incident", "cross_staffs": "unit",
}  # fmt: skip
# A real day has most of these, and they need others to have happened before.
OFTEN: Final = {
    "ReportStatus": 9, "AssignUnits": 5, "ReleaseUnits": 2, "OpenIncident": 3, "ReceiveCall": 3,
    "RegisterUnit": 3, "RaiseAlarm": 2, "ReportPositions": 3, "Observe": 3, "SignOn": 3,
    "AnswerQuestion": 3, "StartInterview": 2, "AddFix": 2, "TakeCall": 2, "Activate": 2,
    "SetTask": 2, "SetSector": 2, "CommandIncident": 2, "MergeIncident": 2, "UnmergeIncident": 4,
    "HangUp": 2, "LinkCall": 4, "CloseCall": 4, "CallBackCaller": 7, "SplitIncident": 4,
    "TakeOverCall": 4, "ReleaseCall": 4, "raise_alarms": 7, "VerifyAlarm": 3,
}  # fmt: skip


BEGINNING: Final = (
    *("RegisterUnit",) * 4, *("ReceiveCall",) * 3, *("OpenIncident",) * 4, "AddSource",
    "RaiseAlarm", "PlanShift", "AddPremise",
)  # fmt: skip


class AbortedCommand(Exception):
    """The process died, or the database went away, just before the commit."""


@dataclass(frozen=True)
class Act:
    """A service and the class of its command; None for timers, which take none."""

    service: Service
    command: type | None
    parameters: tuple[str, ...]

    @property
    def in_lots(self) -> bool:
        return "commands" in self.parameters

    @property
    def name(self) -> str:
        if self.command is None or self.in_lots:
            return self.service.__name__
        return self.command.__name__


def _acts() -> tuple[Act, ...]:
    found = []
    for one in pkgutil.iter_modules(dispatch.services.__path__):
        module = importlib.import_module(f"dispatch.services.{one.name}")
        for name, service in inspect.getmembers(module, inspect.iscoroutinefunction):
            if service.__module__ == module.__name__ and not name.startswith("_"):
                found += _act(service)
    return tuple(found)


def _act(service: Service) -> list[Act]:
    names = tuple(inspect.signature(service).parameters)
    given = set(names)
    if given in ({"work", "command", "now", "author"}, {"work", "command", "now"}):
        return [Act(service, typing.get_type_hints(service)["command"], names)]
    if given == {"work", "commands", "now", "author"}:
        [command] = typing.get_args(typing.get_type_hints(service)["commands"])
        return [Act(service, command, names)]
    if given in ({"work", "now"}, {"work", "now", "author"}):
        return [Act(service, None, names)]
    return []


ACTS: Final = _acts()
WEIGHTS: Final = tuple(OFTEN.get(act.name, 1) for act in ACTS)


@cache
def _hints(command: type) -> dict[str, Any]:
    return typing.get_type_hints(command, localns={"Mapping": Mapping})


class Crowd:
    """`centre` gives transactions; `faults` makes processes die and clocks lie."""

    def __init__(self, centre: Any, seed: int, *, faults: bool = False) -> None:
        self.centre = centre
        self.random = random.Random(seed)
        self.faults = faults
        self.ids: dict[str, list[Any]] = {}
        self.codes: list[str] = []
        self.seconds = 0.0
        self.made = 0
        self.refused: dict[str, int] = {}
        self.done: dict[str, int] = {}
        self.aborted = 0

    @property
    def now(self) -> datetime:
        return at(self.seconds)

    async def begin(self) -> None:
        """A centre that has something to work with."""
        for name in BEGINNING:
            [act] = (one for one in ACTS if one.name == name)
            while not await self._try(act):
                pass

    async def act(self) -> Act:
        """Do one thing; what is refused, or dies before its commit, leaves no trace."""
        self.seconds += self.random.uniform(0.1, 30)
        if self.faults and self.random.random() < STEPPED:
            self.seconds += self.random.choice((-1, 1)) * SKEW.total_seconds()
        [act] = self.random.choices(ACTS, WEIGHTS)
        await self._try(act)
        return act

    async def _try(self, act: Act) -> bool:
        try:
            async with self.centre.command() as work:
                command = await self._fill(act, work)
                await self._carry_out(act, command, work)
                self._perhaps_die()
        except DomainError:
            self.refused[act.name] = self.refused.get(act.name, 0) + 1
        except AbortedCommand:
            self.aborted += 1
        else:
            self.done[act.name] = self.done.get(act.name, 0) + 1
            self._remember(act, command)
            return True
        return False

    def _perhaps_die(self) -> None:
        if self.faults and self.random.random() < ABORTED:
            raise AbortedCommand

    async def _carry_out(self, act: Act, command: Any, work: Any) -> None:
        given: dict[str, Any] = {"now": self.now, "author": self.random.choice(PEOPLE)}
        given = {name: value for name, value in given.items() if name in act.parameters}
        what = (work,) if command is None else (work, [command] if act.in_lots else command)
        await act.service(*what, **given)

    def _remember(self, act: Act, command: Any) -> None:
        kind = MAKES.get(act.name)
        if kind and command is not None:
            self.ids.setdefault(kind, []).append(command.id)
        if act.name == "AddSource":
            self.codes.append(command.code)

    def one(self, kind: str) -> UUID:
        known = self.ids.get(kind, [])
        if not known or self.random.random() < UNKNOWN:
            return new_id()
        identity: UUID = self.random.choice(known[-RECENT:])
        return identity

    async def _fill(self, act: Act, work: Any) -> Any:
        if act.command is None:
            return None
        hints = _hints(act.command)
        values: dict[str, Any] = {}
        for one in fields(act.command):
            optional = one.default is not MISSING or one.default_factory is not MISSING
            if optional and self.random.random() < ABSENT:
                continue
            values[one.name] = self._value(act.name, one.name, hints[one.name])
        await self._fit(act, values, work)
        return act.command(**values)

    async def _fit(self, act: Act, values: dict[str, Any], work: Any) -> None:
        """What fits only with what is there already: a fix of this call, its next question."""
        match act.name:
            case "AcceptFix":
                call = await work.calls.find(values["call_id"])
                values["fix_id"] = self._any([one.id for one in call.fixes] if call else [])
            case "AnswerQuestion":
                await self._answer(values, work)
            case "SetSector" | "SetTask":
                await self._command_post(values, work, act.name)
            case "SplitIncident" | "UnmergeIncident" | "ReleaseUnits":
                await self._parts_of(values, work)
            case _:
                self._fit_alone(act, values)

    def _fit_alone(self, act: Act, values: dict[str, Any]) -> None:
        """Fields that go only together, or not with each other."""
        if act.name == "LocateCall":
            values["location"] = self.place()
        if act.name == "VerifyAlarm" and "incident_id" in values:
            values.pop("type", None)
        if act.command is not None and act.command.__name__ == "RaiseAlarm":
            for name in ("unit_id", "source_id", "source_name", "snapshot_sha256"):
                values.pop(name, None)

    async def _parts_of(self, values: dict[str, Any], work: Any) -> None:
        """An incident that has what is asked for, and some of it."""
        values.pop("expected_version", None)
        incident = await work.incidents.find(values["incident_id"])
        if incident is None:
            return
        if "call_ids" in values:
            values["call_ids"] = incident.call_ids[:1]
        if "alarm_ids" in values:
            values["alarm_ids"] = incident.alarm_ids[:1]
        if "unit_ids" in values and incident.active:
            values["unit_ids"] = (incident.active[0].unit_id,)

    async def _answer(self, values: dict[str, Any], work: Any) -> None:
        call = await work.calls.find(values["call_id"])
        if call is None or call.interview is None:
            return
        for question in (await asking(work, call.id)).next[:1]:
            values["question"] = question.code
            codes = [choice.code for choice in question.choices]
            values["answer"] = self.random.choice(codes) if codes else self.random.choice((2, "sí"))

    async def _command_post(self, values: dict[str, Any], work: Any, command: str) -> None:
        for identity in self.ids.get("incident", []):
            incident = await work.incidents.find(identity)
            if incident is not None and incident.major is not None and not incident.is_over:
                values["incident_id"] = identity
                self._fit_post(values, incident.major, command)

    def _fit_post(self, values: dict[str, Any], major: Any, command: str) -> None:
        """A sector or a task that is there; where there is none yet, a new one with its words."""
        values.pop("unit_id", None)
        words = "text" if command == "SetTask" else "name"
        for name, parts in (("sector_id", major.sectors), ("task_id", major.tasks)):
            if name in values:
                values[name] = self.random.choice(parts).id if parts else None
        values.setdefault(words, "Cortar el paso")

    def _any(self, identities: list[UUID]) -> UUID:
        return self.random.choice(identities) if identities else new_id()

    def place(self) -> Location:
        return location(east_m=self.random.uniform(-900, 900), uncertainty_m=30)

    def instant(self) -> datetime:
        """A device's claim of when: mostly soon before now, sometimes hours off."""
        if self.random.random() < SKEWED:
            return self.now + self.random.uniform(-1, 1) * SKEW
        return self.now - timedelta(seconds=self.random.uniform(0, 120))

    def _value(self, command: str, name: str, hint: Any) -> Any:
        if name == "id":
            return new_id()
        special = BY_NAME.get(f"{command}.{name}") or BY_NAME.get(name)
        if special is not None:
            return special(self)
        if name in REFERS:
            return self._references(name, hint)
        return self._typed(hint, name)

    def _references(self, name: str, hint: Any) -> Any:
        kind = REFERS[name]
        if name.endswith("s"):
            wanted = {self.one(kind) for _ in range(self.random.choice((1, 1, 1, 2)))}
            return tuple(sorted(wanted))
        return self.one(kind)

    def _typed(self, hint: Any, name: str) -> Any:
        if typing.get_origin(hint) in {typing.Union, types.UnionType}:
            parts = [part for part in typing.get_args(hint) if part not in {type(None), Unset}]
            return self._typed(self.random.choice(parts), name)
        simple: dict[Any, Callable[[], Any]] = {
            bool: lambda: self.random.random() < 0.3,
            datetime: self.instant,
            Location: self.place,
            Point: lambda: self.place().point,
            int: lambda: self.random.randint(1, 4),
            float: lambda: self.random.uniform(0, 50),
            str: lambda: f"{name} {self.random.randint(1, 9)}",
            UUID: new_id,
        }
        if hint in simple:
            return simple[hint]()
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self.random.choice(list(hint))
        raise AssertionError(f"tests/crowd.py does not know how to fill {name}: {hint}")


def _from(table: Any) -> Callable[[Crowd], Any]:
    choices = sorted(table)
    return lambda crowd: crowd.random.choice(choices)


def _number(crowd: Crowd) -> int:
    crowd.made += 1
    return crowd.made


def _later(low_s: float, high_s: float) -> Callable[[Crowd], datetime]:
    return lambda crowd: crowd.now + timedelta(seconds=crowd.random.uniform(low_s, high_s))


def _report(crowd: Crowd) -> Report:
    fix = CallerFix(method=HANDSET, source="aml-gps", location=crowd.place())
    return Report(number=_caller(crowd), fixes=(fix,), notes=())


def _caller(crowd: Crowd) -> str:
    return f"0981 00000{crowd.random.randint(1, 9)}"


def _batches(crowd: Crowd) -> tuple[UnitFixes, ...]:
    point = crowd.place().point
    fix = RawFix(lon=point.lon, lat=point.lat, occurred_at=crowd.instant(), accuracy_m=8.0,
                 speed_mps=crowd.random.choice((0.0, 0.0, 12.0)))  # fmt: skip
    return (UnitFixes(unit_id=crowd.one("unit"), fixes=(fix,)),)


def _crew(crowd: Crowd) -> tuple[Person, ...]:
    return tuple(
        Person(name=f"Persona {n}", role="crew") for n in range(crowd.random.randint(1, 2))
    )


def _edited(crowd: Crowd) -> Any:
    document: Any = copy.deepcopy(SHIPPED[EDITED])
    document["chatter"]["window_s"] = crowd.random.randint(10, 90)
    return document


def _author(crowd: Crowd) -> Author:
    return crowd.random.choice(PEOPLE)


def _name(crowd: Crowd) -> str:
    return _author(crowd).name


CAMERA: Final = new_id()
EDITED: Final = "alarm-handling"
RULES: Final = shipped_rules()
# By the name of a field, or of a command and its field; else its type decides.
BY_NAME: Final[dict[str, Callable[[Crowd], Any]]] = {
    "type": _from(RULES.types.by_code),
    "status": _from(RULES.statuses.statuses),
    "CloseCall.disposition": _from(RULES.dispositions.calls),
    "disposition": _from(RULES.dispositions.incidents),
    "DismissAlarm.reason": _from(RULES.dispositions.alarms),
    "agency": _from(AGENCIES),
    "RegisterUnit.kind": _from(("patrol", "ambulance", "fire_engine")),
    "ChangeUnit.kind": _from(("patrol", "ambulance")),
    "RegisterUnit.in_service": lambda _: True,
    "RaiseAlarm.kind": _from(("intrusion", "camera_motion")),
    "raise_alarms.kind": lambda _: "intrusion",
    "raise_alarms.camera_id": lambda _: CAMERA,
    "raise_alarms.zone_name": lambda _: "Portón",
    "raise_alarms.location": lambda _: location(),
    "raise_alarms.priority": lambda _: 3,
    "raise_alarms.detected_at": lambda crowd: crowd.now,
    "CloseCall.rering": lambda _: True,
    "RaiseAlarm.camera_id": lambda _: None,
    "ChangeUnit.callsign": lambda crowd: f"M{_number(crowd):04}",
    "callsign": lambda crowd: f"L{_number(crowd):04}",
    "profile": lambda _: None,
    "capabilities": lambda _: None,
    "out_reason": lambda _: None,
    "expected_version": lambda crowd: crowd.random.choice((None, None, None, 1)),
    "scheduled_for": _later(60, 3_600),
    "starts_at": _later(-60, 60),
    "ends_at": _later(3_600, 28_800),
    "valid_until": _later(3_600, 86_400),
    "caller_number": _caller,
    "number": _caller,
    "source": lambda crowd: crowd.random.choice(("phone", "aml-gps")),
    "ReportStatus.source": lambda crowd: crowd.random.choice(list(
        typing.get_type_hints(next(a.command for a in ACTS if a.name == "ReportStatus"))["source"]
    )),
    "code": lambda crowd: crowd.random.choice(crowd.codes[-3:] or ["B-0"]),
    "AddSource.code": lambda crowd: f"B-{_number(crowd)}",
    "repeat_window_s": lambda crowd: crowd.random.choice((0, 60, 600)),
    "crew": _crew,
    "equipment": lambda _: ("desfibrilador",),
    "report": _report,
    "batches": _batches,
    "agent": _author,
    "giver": _name,
    "owner": _name,
    "by": _name,
    "distrust": lambda _: None,
    "ref": lambda crowd: f"SIP-{crowd.random.randint(1, 4)}",
    "minutes": lambda crowd: crowd.random.choice((1, 5, 30)),
    "interval_s": lambda crowd: crowd.random.choice((None, 60, 600)),
    "file_name": lambda _: "foto.jpg",
    "media_type": lambda _: ACCEPTED[0],
    "sha256": lambda _: "0" * 64,
    "size_bytes": lambda _: 1_000,
    "radius_m": lambda _: 80.0,
    "address_text": lambda _: None,
    "RollBackRules.name": _from(DOCUMENTS),
    "PutRules.document": _edited,
    "PutRules.name": lambda _: EDITED,
    "RollBackRules.version": lambda crowd: crowd.random.choice((0, 1)),
    "ChangeSource.name": lambda crowd: crowd.random.choice(("Plaza", UNSET)),
}  # fmt: skip
