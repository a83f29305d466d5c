"""Clients of a running centre's edges: people with keys or cookies, and what they may ask for."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import httpx
import pytest_asyncio
from sqlalchemy import func, select

from ops_center.auth import service
from ops_center.auth.model import CENTRE_AGENCY, Role
from ops_center.auth.service import NewUser
from ops_center.bench.own_centre import OwnCentre
from ops_center.kernel.clock import SystemClock, wire_time
from ops_center.kernel.database import Database
from ops_center.kernel.idempotency import idempotency_key
from ops_center.kernel.ids import new_id
from ops_center.kernel.journal import journal
from ops_center.reactions import CENTRE

API = "/api/v1"
PASSWORD = "ka'aru porã 2026"
PROBLEM = "application/problem+json"
ANSWER_WITHIN_S = 20.0
AGENCIES = ("POL", "SEME")
LAYER = "world"  # a layer of everybody's
OF_AGENCIES = (Role.DISPATCHER, Role.WALL_OPERATOR, Role.ADMIN, Role.MACHINE, Role.AUDITOR)


@dataclass
class Asker:
    """One person or machine at the HTTP edge; answers come back whole, errors too."""

    username: str
    http: httpx.AsyncClient
    key: str = ""

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        if_match: int | str | None = None,
        headers: dict[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if key is not None:
            sent["Idempotency-Key"] = key
        if if_match is not None:
            sent["If-Match"] = str(if_match)
        more: dict[str, Any] = {"params": dict(query)} if query else {}
        if isinstance(body, bytes | str):
            more["content"] = body
            sent.setdefault("Content-Type", "application/json")
        elif body is not None:
            more["json"] = body
        where = path if path.startswith(("/api", "/tiles", "/health", "/metrics")) else API + path
        return await self.http.request(method, where, headers=sent, **more)

    async def get(self, path: str, **more: Any) -> Any:
        """The JSON of an answer that must be good."""
        return good(await self.ask("GET", path, **more))

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return good(await self.ask("POST", path, body, **more))

    async def patch(self, path: str, body: Any = None, **more: Any) -> Any:
        return good(await self.ask("PATCH", path, body, **more))


def good(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json() if answer.content else None


def problem(answer: httpx.Response, status: int | Sequence[int], code: str | None = None) -> Any:
    """Return the problem of an answer that must be one, whole and of this status."""
    wanted = (status,) if isinstance(status, int) else tuple(status)
    where = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    assert answer.status_code in wanted, where
    assert answer.headers["content-type"] == PROBLEM, where
    body = answer.json()
    assert set(body) >= {"type", "title", "status", "detail", "code", "instance"}, where
    assert body["status"] == answer.status_code, where
    assert body["detail"], where
    if code is not None:
        assert body["code"] == code, where
    return body


@asynccontextmanager
async def asker(
    centre: OwnCentre, username: str, key: str | None = None, **more: Any
) -> AsyncIterator[Asker]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(
        base_url=centre.url, headers=headers, timeout=ANSWER_WITHIN_S, trust_env=False, **more
    ) as http:
        yield Asker(username, http, key or "")


async def make_account(
    database: Database,
    role: Role,
    agency: str,
    *,
    unit_id: UUID | None = None,
    username: str | None = None,
) -> tuple[str, str]:
    """Make a user of that role and agency; return the name and an API key."""
    clock = SystemClock()
    user = NewUser(
        username=username or f"{role}-{agency.lower()}-{new_id().hex[-6:]}",
        display_name=f"{role} {agency}",
        password=PASSWORD,
        roles=frozenset({role}),
        agency=agency,
        unit_id=unit_id,
    )
    async with database.engine.begin() as connection:
        actor = await service.put_user(connection, user, now=clock.now())
        key = await service.issue_api_key(
            connection, user_id=actor.id, label="test", now=clock.now()
        )
    return user.username, key


@dataclass
class Town:
    """Where the imported city lies, for places that make sense in it."""

    centre: tuple[float, float]
    extent: tuple[float, float, float, float]
    moved: int = field(default=0)

    @classmethod
    async def of(cls, who: Asker) -> Self:
        city = await who.get("/city")
        return cls(tuple(city["centre"]), tuple(city["extent"]))

    def place(self, *, east: float = 0.0, north: float = 0.0) -> dict[str, float]:
        """A point near the middle, moved by thousandths of a degree."""
        lon, lat = self.centre
        return {"lon": lon + east / 1_000, "lat": lat + north / 1_000}

    def fix(self, **moved: float) -> dict[str, Any]:
        return {**self.place(**moved), "occurred_at": wire_time(SystemClock().now())}


def people_of(centre: OwnCentre) -> dict[str, dict[str, str]]:
    """The sign-ins of the centre's own people, by role."""
    known: dict[str, dict[str, str]] = json.loads(centre.credentials.read_text())
    return known


@dataclass(frozen=True)
class Staff:
    """Everybody: the centre's own by role, and of two agencies by role and agency."""

    own: dict[Role, Asker]
    agency: dict[tuple[Role, str], Asker]
    stranger: Asker
    database: Database
    town: Town

    @property
    def admin(self) -> Asker:
        return self.own[Role.ADMIN]

    @property
    def dispatcher(self) -> Asker:
        return self.own[Role.DISPATCHER]

    @property
    def machine(self) -> Asker:
        return self.own[Role.MACHINE]

    @property
    def own_auditor(self) -> Asker:
        return self.own[Role.AUDITOR]

    @property
    def own_supervisor(self) -> Asker:
        return self.own[Role.SUPERVISOR]

    @property
    def own_call_taker(self) -> Asker:
        return self.own[Role.CALL_TAKER]

    async def written(self) -> tuple[int, int]:
        """How many entries of people and kept answers there are: what every command changes."""
        of_people = journal.c.author_name != CENTRE.name  # timers write by themselves
        async with self.database.reading() as connection:
            entries = await connection.scalar(select(func.count()).where(of_people))
            keys = await connection.scalar(select(func.count()).select_from(idempotency_key))
        return int(entries or 0), int(keys or 0)


@dataclass(frozen=True)
class World:
    """One of each thing, of agency POL, by word: `{call}` in a path means its id."""

    ids: dict[str, str]
    versions: dict[str, int]

    def path(self, template: str) -> str:
        return template.format(**self.ids)


async def lone_unit(staff: Staff) -> str:
    """A patrol that nobody else has sent positions of: its first one is believed wherever it is."""
    fields = {"agency": "POL", "kind": "patrol", "callsign": f"L{new_id().hex[-8:]}"}
    return str((await staff.admin.post("/units", fields))["id"])


async def make_world(staff: Staff) -> World:
    place = staff.town.place()
    call = await staff.machine.post("/calls", {"source": "phone", "narrative": "…"})
    incident = await staff.dispatcher.post("/incidents", {"type": "noise", "location": place})
    other = await staff.dispatcher.post("/incidents", {"type": "noise", "location": place})
    fields = {"agency": "POL", "kind": "patrol", "callsign": f"W{new_id().hex[-8:]}"}
    unit = await staff.admin.post("/units", fields)
    await staff.dispatcher.post(f"/units/{unit['id']}/emergency", {"location": place})
    alarms = (await staff.dispatcher.get("/alarms", query={"state": "raised"}))["items"]
    alarm = alarms[0]  # newest first
    camera = await staff.admin.post("/cameras", camera_body(place))
    rows = f"id,lon,lat\n1,{place['lon']},{place['lat']}\n"
    await staff.admin.post(f"/layers/{LAYER}/versions", rows)
    point = {name: place[name] for name in ("lon", "lat")}
    entry = await staff.admin.post("/gazetteer", {"name": "La Recova", **point})
    report = await staff.dispatcher.post("/place-reports", {"text": "la recoba", "right": point})
    button = {"code": new_id().hex, "name": "Plaza", "agency": "POL", "location": place}
    source = await staff.admin.post("/alarm-sources", button)
    made = {
        "source": source,
        "call": call,
        "incident": incident,
        "other": other,
        "unit": unit,
        "alarm": alarm,
        "camera": camera,
        "entry": entry,
        "report": report,
    }
    return World(
        {word: one["id"] for word, one in made.items()},
        {word: one["version"] for word, one in made.items()},
    )


def camera_body(place: dict[str, float], **changes: Any) -> dict[str, Any]:
    return {
        "name": f"Cámara {new_id().hex[-6:]}",
        "agency": "POL",
        "location": place,
        "stream_url": "rtsp://127.0.0.1:9/live",
        **changes,
    }


@pytest_asyncio.fixture(scope="session")
async def staff(running_centre: OwnCentre) -> AsyncIterator[Staff]:
    database = Database(running_centre.database.url, name="test", pool_size=4)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        own = {}
        for role in Role:
            name, key = await make_account(database, role, CENTRE_AGENCY)
            own[role] = await stack.enter_async_context(asker(running_centre, name, key))
        theirs = {}
        for role in OF_AGENCIES:
            for code in AGENCIES:
                name, key = await make_account(database, role, code)
                theirs[role, code] = await stack.enter_async_context(
                    asker(running_centre, name, key)
                )
        stranger = await stack.enter_async_context(asker(running_centre, "stranger"))
        town = await Town.of(own[Role.DISPATCHER])
        yield Staff(own, theirs, stranger, database, town)


@pytest_asyncio.fixture(scope="session")
async def world(staff: Staff) -> World:
    return await make_world(staff)


@pytest_asyncio.fixture
async def disposable_world(staff: Staff) -> World:
    """One that a test may change by chance, such as verify its alarm for another agency."""
    return await make_world(staff)
