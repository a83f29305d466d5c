"""`./ops gis import-osm`, `basemap`, `info`: the city."""

import asyncio
from pathlib import Path

import typer

from ops_center.gis_cli.shared import AsJson, say, start


def add_commands(cli: typer.Typer) -> None:
    cli.command("import-osm")(import_osm)
    cli.command("basemap")(basemap)
    cli.command("info")(info)


def import_osm(file: Path, *, as_json: AsJson = False) -> None:
    """Replace the city by that of an OSM extract (.pbf)."""
    from ops_center import commands

    report = asyncio.run(commands.import_city(start(), file))
    say(report, as_json=as_json, text="\n".join(f"{k}: {v}" for k, v in report.items()))


def basemap(file: Path) -> None:
    """Build the offline basemap from an OSM extract (.pbf)."""
    from ops_center import commands

    asyncio.run(commands.build_basemap(start(), file))


def info(*, as_json: AsJson = False) -> None:
    """Say which city is imported and what it holds."""
    from ops_center import commands

    found = asyncio.run(commands.city_info(start()))
    say(found, as_json=as_json, text="\n".join(f"{k}: {v}" for k, v in found.items()))
