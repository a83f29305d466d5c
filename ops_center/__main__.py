"""The `ops-center` command line: `./ops …` passes its words on to this.

Each command imports what it runs: a process of the centre should not load all the others.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ops_center import dispatch_cli, gis_cli
from ops_center.observability import configure_logs
from ops_center.settings import Settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
users_cli = typer.Typer(no_args_is_help=True, help="People and machines that may sign in.")
db_cli = typer.Typer(no_args_is_help=True, help="The database: where it is, its schema.")
cameras_cli = typer.Typer(no_args_is_help=True, help="Cameras and their state.")
cli.add_typer(gis_cli.cli, name="gis")
cli.add_typer(dispatch_cli.cli, name="dispatch")
cli.add_typer(users_cli, name="users")
cli.add_typer(db_cli, name="db")
cli.add_typer(cameras_cli, name="cameras")

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


def _start() -> Settings:
    settings = Settings()
    configure_logs(as_json=settings.log_json)
    return settings


def _say(value: object, *, as_json: bool, text: str) -> None:
    sys.stdout.write((json.dumps(value, ensure_ascii=False) if as_json else text) + "\n")


@cli.command()
def app() -> None:
    """Run the web process (HTTP, consoles, relay)."""
    from ops_center import app as web

    asyncio.run(web.serve(_start()))


@cli.command()
def background() -> None:
    """Run the background process (reactions, timers, housekeeping)."""
    from ops_center.bootstrap import run_background

    asyncio.run(run_background(_start()))


@cli.command()
def migrate(to: str = "head") -> None:
    """Bring the database to a version of the schema."""
    from ops_center import commands

    asyncio.run(commands.migrate_database(_start(), to=to))


@cli.command()
def prepare(
    *,
    demo: Annotated[bool, typer.Option(help="Also the demo city and its people.")] = False,
    osm: Annotated[Path | None, typer.Option(help="Another OSM extract for the city.")] = None,
) -> None:
    """Migrate and make what a start needs; quick when it is all there."""
    from ops_center import commands

    asyncio.run(commands.prepare(_start(), demo=demo, osm=osm))


@cli.command()
def up() -> None:
    """Run a whole centre on this machine until it is stopped."""
    from ops_center import launch

    raise typer.Exit(launch.run_centre(_start(), demo=False, osm=None))


@cli.command()
def demo(
    osm: Annotated[Path | None, typer.Option(help="Another OSM extract for the city.")] = None,
) -> None:
    """Run a whole centre with the demo city, simulated callers, units and cameras."""
    from ops_center import launch

    raise typer.Exit(launch.run_centre(_start(), demo=True, osm=osm))


@cli.command()
def simulate(
    credentials: Path,
    url: str = "http://127.0.0.1:8000",
    seed: int = 1,
    *,
    units: int = 24,
    call_every: Annotated[float, typer.Option(help="Seconds between calls, on average.")] = 30.0,
    helping_hand: Annotated[float, typer.Option(help="Share of calls a colleague takes.")] = 0.6,
    rtsp: str | None = None,
    camera_names: str = "",
    leave_unit: str | None = None,
    pace: Annotated[float, typer.Option(help="1 is life-like, 0.1 ten times quicker.")] = 1.0,
    misbehave: Annotated[str, typer.Option(help="Such as late=0.1,teleport=0.01, or all.")] = "",
    with_dispatcher: Annotated[bool, typer.Option(help="The colleague takes every call.")] = False,
) -> None:
    """Play a city: callers, units that drive, cameras; only through the public API."""
    from ops_center.simulator.city import simulate as play_city
    from ops_center.simulator.mischief import Mischief
    from ops_center.simulator.options import SimulatorOptions

    _start()
    options = SimulatorOptions(
        url=url,
        credentials=credentials,
        seed=seed,
        units=units,
        call_every_s=call_every,
        helping_hand=1.0 if with_dispatcher else helping_hand,
        pace=pace,
        mischief=Mischief.parse(misbehave) if misbehave else Mischief(),
        rtsp=rtsp,
        camera_names=tuple(name for name in camera_names.split(",") if name),
        leave_unit=leave_unit,
    )
    asyncio.run(play_city(options))


@cli.command()
def bench(
    suite: Annotated[str, typer.Argument(help="core, gis or dispatch.")] = "core",
    *,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write JSON.")] = None,
    part: Annotated[list[str] | None, typer.Option(help="Only this part of the suite.")] = None,
    city: Annotated[list[str] | None, typer.Option(help="Of gis: only this city.")] = None,
) -> None:
    """Measure against references in the same run; prints ratios."""
    from ops_center.bench import suites

    _start()
    if suite not in suites.ALL:
        raise typer.BadParameter(f"no suite {suite}: there are {', '.join(suites.ALL)}")
    if unknown := sorted(set(part or ()) - set(suites.PARTS[suite])):
        known = ", ".join(suites.PARTS[suite]) or "none in this suite"
        raise typer.BadParameter(f"no part {unknown[0]}: there are {known}")
    raise typer.Exit(suites.run(suite, json_file, parts=part or (), cities=city or ()))


@cli.command()
def replay(
    *,
    verify: Annotated[bool, typer.Option(help="Compare the journal's fold with the tables.")],
    as_json: AsJson = False,
) -> None:
    """Fold the whole journal and say each difference to the tables; exit code 1 if there is one."""
    from ops_center import commands

    verdict = asyncio.run(commands.verify_journal(_start(), told=not as_json))
    lines = [str(one) for one in verdict.differences]
    left = verdict.count - len(lines)
    lines += [f"… and {left} more"] if left else []
    lines.append(
        f"{verdict.entries} entries in {verdict.seconds} s: "
        + ("the tables agree" if verdict.agrees else f"{verdict.count} differences")
    )
    _say(verdict.as_json(), as_json=as_json, text="\n".join(lines))
    raise typer.Exit(0 if verdict.agrees else 1)


@users_cli.command("list")
def users_list(*, as_json: AsJson = False) -> None:
    """List who may sign in."""
    from ops_center import commands

    people = asyncio.run(commands.list_users(_start()))
    lines = [f"{one['username']:20} {one['agency']:8} {','.join(one['roles'])}" for one in people]
    _say(people, as_json=as_json, text="\n".join(lines))


@users_cli.command("put")
def users_put(
    username: str,
    role: Annotated[list[str], typer.Option(help="May be given several times.")],
    *,
    agency: str = "CENTRO",
    display_name: str = "",
    unit: Annotated[str | None, typer.Option(help="Callsign of a responder's unit.")] = None,
) -> None:
    """Make a user, or renew password and rights; asks for the password."""
    from ops_center import commands

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    who = commands.UserRequest(username, password, tuple(role), agency, display_name, unit)
    asyncio.run(commands.put_user(_start(), who))


@users_cli.command("key")
def users_key(username: str, label: str = "cli") -> None:
    """Issue an API key for a user; it is shown this once."""
    from ops_center import commands

    _say(None, as_json=False, text=asyncio.run(commands.issue_key(_start(), username, label)))


@db_cli.command("url")
def db_url() -> None:
    """Print the URL of the running database."""
    from ops_center.data_place import database_url

    _say(None, as_json=False, text=database_url(_start()))


@db_cli.command("retention")
def db_retention(*, as_json: AsJson = False) -> None:
    """Say what is kept only for a time, for how long, and how it goes."""
    from ops_center.retention import KEPT

    kept = [
        {"kind": one.kind, "days": one.kept_for.total_seconds() / 86_400, "how": one.how}
        for one in KEPT
    ]
    lines = [f"{one['kind']:34} {one['days']:6g} days  {one['how']}" for one in kept]
    _say(kept, as_json=as_json, text="\n".join(lines))


@cameras_cli.command("list")
def cameras_list(*, as_json: AsJson = False) -> None:
    """List cameras with their last known state."""
    from ops_center import commands

    found = asyncio.run(commands.list_cameras(_start()))
    lines = [f"{one['name']:24} {one['state']:12} {one['agency']}" for one in found]
    _say(found, as_json=as_json, text="\n".join(lines))


if __name__ == "__main__":
    cli()
