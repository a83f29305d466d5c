"""Valhalla's own programs inside its wheel, and how we configure them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
THREADS = 2
# A fleet to one place, and closures that the car's profile has to be told one by one.
MATRIX_PAIRS_MAX = 10_000
EXCLUDED_PLACES_MAX = 2_000
TRACE_POINTS_MAX = 16_000
LOCATIONS_MAX = 5_100
DRAIN_S = 1
# Up to this distance side streets are searched all the way, not only near both ends, and the
# matrix looks at live records.
WHOLE_SEARCH_MAX_M = 100_000
COSTINGS = ("auto", "taxi", "motorcycle", "pedestrian")


def program(name: str) -> Path:
    """The path of one of the wheel's programs. Raises FileNotFoundError without the wheel.

    The package itself is not imported: it would load 15 MB of machine code for a path.
    """
    found = importlib.util.find_spec("valhalla")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package valhalla is not installed")
    path = Path(found.origin).parent / "bin" / name
    if not path.is_file():
        raise FileNotFoundError(f"{name} is not in the valhalla package")
    return path


def build_config(tiles: Path) -> dict[str, Any]:
    """For `valhalla_build_tiles`: everything into `tiles`."""
    config = _defaults()
    config["mjolnir"]["tile_dir"] = str(tiles)
    config["mjolnir"]["concurrency"] = THREADS
    # A shortcut joins edges of several ways, and a closure of one of them would not close it.
    config["mjolnir"]["shortcuts"] = False
    return config


def service_config(city: Path, sockets: Path, port: int) -> dict[str, Any]:
    """For `valhalla_service`: the tiles of `city`, HTTP on a port of the loopback address."""
    config = _defaults()
    config["mjolnir"]["tile_extract"] = str(city / "tiles.tar")
    config["mjolnir"]["traffic_extract"] = str(city / "traffic.tar")
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    for stage in ("loki", "thor", "odin", "meili"):
        config[stage].setdefault("service", {})["proxy"] = f"ipc://{sockets / stage}"
        config[stage]["logging"] = {"type": ""}
    config["httpd"]["service"] = {
        "listen": f"tcp://{LOOPBACK}:{port}",
        "loopback": f"ipc://{sockets / 'loopback'}",
        "interrupt": f"ipc://{sockets / 'interrupt'}",
        "drain_seconds": DRAIN_S,
        "shutdown_seconds": DRAIN_S,
        "timeout_seconds": -1,
    }
    limits = config["service_limits"]
    limits["max_exclude_locations"] = EXCLUDED_PLACES_MAX
    limits["max_timedep_distance_matrix"] = WHOLE_SEARCH_MAX_M
    limits["max_distance_disable_hierarchy_culling"] = WHOLE_SEARCH_MAX_M
    limits["trace"]["max_shape"] = TRACE_POINTS_MAX
    for costing in COSTINGS:
        limits[costing]["max_matrix_location_pairs"] = MATRIX_PAIRS_MAX
        limits[costing]["max_locations"] = LOCATIONS_MAX
    return config


def write_config(config: dict[str, Any], path: Path) -> Path:
    path.write_text(json.dumps(config, indent=1), encoding="utf-8")
    return path


def _defaults() -> dict[str, Any]:
    from valhalla.config import get_config  # noqa: PLC0415  loads the engine: in these programs only

    config: dict[str, Any] = get_config(tile_extract="", tile_dir="")
    mjolnir = config["mjolnir"]
    for absent in ("traffic_extract", "admin", "landmarks", "timezone", "transit_dir",
                   "transit_feeds_dir"):  # fmt: skip
        mjolnir[absent] = ""
    mjolnir["logging"] = {"type": ""}
    return config
