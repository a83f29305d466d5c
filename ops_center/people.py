"""The first people of a centre: one administrator for `up`, one of each role for `demo`."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ops_center.auth import service
from ops_center.auth.model import CENTRE_AGENCY, Role
from ops_center.auth.service import NewUser
from ops_center.kernel.clock import Clock
from ops_center.kernel.database import Database

PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class Credential:
    """A sign-in as it is handed out once: to a file only its owner can read, or to the terminal."""

    username: str
    password: str
    token: str


# Names are those of functions, not of people.
DEMO_PEOPLE: dict[Role, tuple[str, str, str]] = {
    Role.ADMIN: ("admin", "Administración", CENTRE_AGENCY),
    Role.GIS: ("sig", "Oficina SIG", CENTRE_AGENCY),
    Role.SUPERVISOR: ("supervision", "Supervisión", CENTRE_AGENCY),
    Role.DISPATCHER: ("despacho", "Despacho 1", CENTRE_AGENCY),
    Role.CALL_TAKER: ("recepcion", "Recepción 1", CENTRE_AGENCY),
    Role.WALL_OPERATOR: ("monitoreo", "Monitoreo 1", CENTRE_AGENCY),
    Role.RESPONDER: ("movil", "Móvil", "POL"),
    Role.AUDITOR: ("auditoria", "Auditoría", CENTRE_AGENCY),
    Role.MACHINE: ("simulador", "Simulador", CENTRE_AGENCY),
}

# The simulator's colleague works at a desk under its own name, so that the journal says who it was.
ALSO = {Role.MACHINE: (Role.DISPATCHER,)}


async def make_person(
    database: Database, clock: Clock, role: Role, *, unit_id: UUID | None = None
) -> Credential:
    """Make (or renew) the demo person of a role and return the sign-in."""
    username, display_name, agency = DEMO_PEOPLE[role]
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user = NewUser(
        username=username,
        display_name=display_name,
        password=password,
        roles=frozenset({role, *ALSO.get(role, ())}),
        agency=agency,
        unit_id=unit_id,
    )
    async with database.engine.begin() as connection:
        actor = await service.put_user(connection, user, now=clock.now())
        token = await service.issue_api_key(
            connection, user_id=actor.id, label="demo", now=clock.now()
        )
    return Credential(username, password, token)


async def make_demo_people(database: Database, clock: Clock, file: Path) -> dict[str, Credential]:
    """Make one person for each role unless `file` shows that they exist; return all sign-ins."""
    known = read_credentials(file)
    async with database.reading() as connection:
        names = {actor.username for actor in await service.users(connection)}
    for role in Role:
        if role not in known or DEMO_PEOPLE[role][0] not in names:
            known[role] = await make_person(database, clock, role)
    write_credentials(file, known)
    return known


async def make_first_admin(database: Database, clock: Clock) -> Credential | None:
    """Make the administrator of an empty centre; None when there are people already."""
    async with database.reading() as connection:
        if await service.users(connection):
            return None
    return await make_person(database, clock, Role.ADMIN)


def read_credentials(file: Path) -> dict[str, Credential]:
    if not file.exists():
        return {}
    return {role: Credential(**one) for role, one in json.loads(file.read_text()).items()}


def write_credentials(file: Path, people: dict[str, Credential]) -> None:
    """Write the sign-ins so that only the owner of the file can read them."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    shapes = {
        role: {"username": one.username, "password": one.password, "token": one.token}
        for role, one in people.items()
    }
    file.write_text(json.dumps(shapes, indent=2, ensure_ascii=False) + "\n")
