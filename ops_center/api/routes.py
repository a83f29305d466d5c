"""All routers of the HTTP edge."""

from ops_center.api import (
    alarms,
    calls,
    cameras,
    codes,
    geography,
    history,
    incidents,
    session,
    tiles,
    units,
    users,
)

ALL = (
    session.router,
    users.router,
    codes.router,
    calls.router,
    incidents.router,
    units.router,
    alarms.router,
    cameras.router,
    cameras.of_incidents,
    geography.router,
    history.router,
)
OUTSIDE_API = (tiles.router,)
