"""Walk two: a camera sees motion, a person looks at it, and it becomes an incident or nothing."""

import hashlib
import random
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from camera_ingest import clips
from ops_center.bench.own_centre import LOOPBACK, OwnCentre, free_port
from ops_center.simulator import seeding
from ops_center.simulator.centre import API, Refused
from ops_center.simulator.options import SimulatorOptions
from ops_center.simulator.seeding import seed_cameras
from ops_center.simulator.survey import survey
from tests.story.people import People

CLIP_SECONDS = 20.0
ALARM_WITHIN_S = 60.0
REPO = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cameras:
    rtsp: str
    names: tuple[str, ...]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """A part of a real film of people walking, as H.264."""
    real = shared_data / "video" / "vtest.avi"
    outdir = tmp_path_factory.mktemp("story-clips")
    if not real.is_file():
        pytest.skip(f"no film at {real}")
    made = clips.prepare(real, outdir, encodings=clips.DEMO[:1], seconds=CLIP_SECONDS)
    return next(iter(made.values()))


@pytest.fixture(scope="session")
def cameras(running_centre: OwnCentre, clip: Path) -> Cameras:
    """Two simulated RTSP cameras with a password, and the worker that watches them."""
    port = free_port()
    names = ("uno", "dos")
    words = ["camera_ingest.simcam", "--port", str(port), "--user", "demo", "--password", "secret"]
    for name in names:
        words += ["--camera", f"{name}={clip}"]
    running_centre.spawn("simcam", *words)
    running_centre.start("cameras")
    return Cameras(rtsp=f"rtsp://{LOOPBACK}:{port}", names=names)


async def test_motion_becomes_an_alarm_that_a_person_turns_into_an_incident_or_dismisses(
    running_centre: OwnCentre,
    people: People,
    cameras: Cameras,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seeding, "DWELL_STEP_S", 2.0)
    known = await survey(people.machine.http, random.Random(11))
    options = SimulatorOptions(
        url=running_centre.url,
        credentials=running_centre.credentials,
        rtsp=cameras.rtsp,
        camera_names=cameras.names,
    )
    ids = await seed_cameras(people.admin.http, known, options, random.Random(3))
    assert len(ids) == 2
    assert ids == await seed_cameras(people.admin.http, known, options, random.Random(3))

    # 1. Both are live within seconds, and nobody is told a stream's password.
    wall = people.wall_operator
    for key in ids:
        await wall.screen.until(
            lambda f, key=f"camera:{key}": (f.live.get(key) or {}).get("state") == "live",  # type: ignore[misc]
            within_s=ALARM_WITHIN_S,
        )
    assert "secret" not in str(await people.admin.get("/cameras"))
    assert "secret" not in str(wall.screen.following.picture["cameras"])

    # 2. The first rule's dwell passes: an alarm is on the wall, its picture is the one hashed.
    await wall.screen.until(
        lambda f: any(a["camera_id"] in ids for a in f.picture["alarms"].values()),
        within_s=ALARM_WITHIN_S,
    )
    alarm = next(
        a for a in wall.screen.following.picture["alarms"].values() if a["camera_id"] in ids
    )
    assert alarm["state"] == "raised"
    async with httpx.AsyncClient(base_url=running_centre.url, trust_env=False) as http:
        picture = await http.get(
            f"{API}/alarms/{alarm['id']}/snapshot.jpg",
            headers={"Authorization": f"Bearer {wall.http.token}"},
        )
    assert picture.content.startswith(b"\xff\xd8")
    assert hashlib.sha256(picture.content).hexdigest() == alarm["snapshot"]["sha256"]

    # 3. No machine made an incident of it, and who only takes calls cannot.
    incidents = people.dispatcher.screen.following.picture["incidents"].values()
    assert not any(alarm["id"] in one["alarm_ids"] for one in incidents)
    with pytest.raises(Refused) as forbidden:
        await people.call_taker.post(f"/alarms/{alarm['id']}/verify", {"type": "disturbance"})
    assert forbidden.value.status == 403

    # 4. The wall operator looks, and verifies: an incident with the alarm, for everybody.
    await wall.post(f"/alarms/{alarm['id']}/acknowledge")
    verified = await wall.post(f"/alarms/{alarm['id']}/verify", {"type": "disturbance"})
    incident = verified["incident"]
    assert incident["alarm_ids"] == [alarm["id"]]
    assert incident["location"]["lon"] == pytest.approx(alarm["location"]["lon"])
    seen = await people.dispatcher.sees(lambda f: f.picture["incidents"].get(incident["id"]))
    assert seen["status"] == "new"
    assert not seen["assignments"], "nothing dispatches itself"
    with pytest.raises(Refused) as again:
        await wall.post(f"/alarms/{alarm['id']}/dismiss", {"reason": "false_alarm"})
    assert again.value.status == 409

    # 5. The other camera's alarm is dismissed with a reason and leaves every picture.
    await wall.screen.until(
        lambda f: any(a["state"] == "raised" for a in f.picture["alarms"].values()),
        within_s=ALARM_WITHIN_S,
    )
    other = next(
        a for a in wall.screen.following.picture["alarms"].values() if a["state"] == "raised"
    )
    with pytest.raises(Refused) as no_reason:
        await wall.post(f"/alarms/{other['id']}/dismiss", {"reason": "because"})
    assert no_reason.value.status == 422
    dismissed = await wall.post(f"/alarms/{other['id']}/dismiss", {"reason": "animal"})
    assert (dismissed["state"], dismissed["reason"]) == ("dismissed", "animal")
    for person in (wall, people.dispatcher):
        await person.sees(lambda f: other["id"] not in f.picture["alarms"])

    # 6. Closing the incident takes its alarm along; the timeline holds the whole walk.
    await people.dispatcher.post(
        f"/incidents/{incident['id']}/close",
        {"disposition": "not_found"},
        if_match=(await people.dispatcher.get(f"/incidents/{incident['id']}"))["version"],
    )
    await wall.sees(lambda f: alarm["id"] not in f.picture["alarms"])
    timeline = await people.auditor.get(f"/incidents/{incident['id']}/timeline")
    kinds = [one["kind"] for one in timeline["items"]]
    assert {"incident.opened", "alarm.verified"} <= set(kinds)
    assert kinds[-1] == "incident.closed"
