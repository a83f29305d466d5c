"""Writes down who looked at where a unit was (docs/privacy.md)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from ops_center.api.services import ApiServices
from ops_center.auth.events import MovementsRead
from ops_center.auth.model import Actor
from ops_center.kernel import idempotency, transaction
from ops_center.kernel.clock import wire_time
from ops_center.kernel.ids import derived_id, new_id

# Looking again within this time is one look.
LOOK_WINDOW_S: Final = 300
EVERYBODY: Final = "*"


async def write_down(
    services: ApiServices,
    reader: Actor,
    unit: tuple[UUID, str, str] | None,
    span: tuple[datetime, datetime],
    *,
    view: str,
) -> None:
    """Journal the look at a unit (id, callsign, agency), or at all of them; once in a while.

    Call it with no connection held: requests that wait for their second one block all others.
    """
    now = services.clock.now()
    subject, callsign, agency = unit or (derived_id("patrol", "all"), EVERYBODY, None)
    window = int(now.timestamp() // LOOK_WINDOW_S)
    key = f"look:{view}:{subject}:{window}"
    async with transaction.begin(
        services.database, author=reader.author, cause=new_id(), clock=services.clock
    ) as tx:
        known = await idempotency.claim(
            tx.connection, author_id=reader.id, key=key, digest=key[:64], now=now
        )
        if known is None:
            tx.record(
                MovementsRead(
                    subject=subject,
                    version=1,
                    audience=(f"agency:{agency}",) if agency else (),
                    reader=reader.username,
                    callsign=callsign,
                    since=wire_time(span[0]),
                    until=wire_time(span[1]),
                    view=view,
                )
            )
            await idempotency.keep(
                tx.connection, author_id=reader.id, key=key, status=200, answer={}
            )
            await tx.commit()
