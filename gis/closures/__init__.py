"""Roads closed by people of the centre: drawn, changed, lifted, and what routing makes of them."""

from gis.closures.closure import Closure, barrier_of, in_force, is_over, middle_of, public_view
from gis.closures.following import RoadFollower
from gis.closures.repository import SqlClosureStore, closures_picture, open_closures
from gis.closures.services import (
    ChangeClosure,
    DrawClosure,
    change_closure,
    draw_closure,
    lift_closure,
    lift_expired,
)

__all__ = [
    "ChangeClosure",
    "Closure",
    "DrawClosure",
    "RoadFollower",
    "SqlClosureStore",
    "barrier_of",
    "change_closure",
    "closures_picture",
    "draw_closure",
    "in_force",
    "is_over",
    "lift_closure",
    "lift_expired",
    "middle_of",
    "open_closures",
    "public_view",
]
