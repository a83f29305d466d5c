"""The pure parts of the second engine: lines, live records, edges, costing, answers."""

from __future__ import annotations

import json
import struct
import tarfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.geometry import Point
from gis.routing.port import Trace
from gis.routing.valhalla import ValhallaRouter
from gis.routing.valhalla.answers import line_of
from gis.routing.valhalla.costing import COSTING_OF, costing, seconds_factor
from gis.routing.valhalla.layout import AUTO, TAXI, EdgeTable, set_access, set_speed
from gis.routing.valhalla.matching import ACCURACY_M, match_query, matched_of
from gis.routing.valhalla.programs import LOOPBACK, service_config
from gis.routing.valhalla.service import RunFile
from gis.routing.valhalla.traffic import CLOSED, HEAD_BYTES, TrafficFile, empty_records, tile_of
from gis.travel import Profile, Reason
from ops_center.kernel.errors import Unavailable
from ops_center.kernel.measure import Metres

HERE, THERE = Point(lon=-57.63, lat=-25.28), Point(lon=-57.62, lat=-25.29)
BEGAN = datetime(2026, 5, 1, tzinfo=UTC)
degrees = st.tuples(
    st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000)
)  # fmt: skip


def encoded(points: list[tuple[int, int]]) -> str:
    """Google's polyline with six digits, as Valhalla writes it."""
    text, before = [], (0, 0)
    for lon, lat in points:
        for now, then in ((lat, before[1]), (lon, before[0])):
            value = (now - then) << 1
            value = ~value if now < then else value
            while value >= 0x20:
                text.append(chr((0x20 | (value & 0x1F)) + 63))
                value >>= 5
            text.append(chr(value + 63))
        before = (lon, lat)
    return "".join(text)


@given(st.lists(degrees, max_size=20))
def test_a_line_is_read_as_it_was_written(points: list[tuple[int, int]]) -> None:
    read = [(round(p.lon * 1e6), round(p.lat * 1e6)) for p in line_of(encoded(points))]
    assert read == points


@pytest.mark.parametrize("cut", ["_p~iF~ps|U_", "_p~iF"])
def test_a_line_that_is_cut_off_is_refused(cut: str) -> None:
    with pytest.raises(ValueError, match="cut off"):
        line_of(cut)


@given(st.integers(0, 7), st.integers(0, (1 << 22) - 1))
def test_the_tile_is_told_by_its_path(level: int, index: int) -> None:
    digits = f"{index:09}"
    name = f"{level}/{digits[:3]}/{digits[3:6]}/{digits[6:]}.gph"
    assert tile_of(name) == level | index << 3


def traffic_file(path: Path, tiles: dict[int, int]) -> Path:
    """A traffic.tar with these tiles and numbers of edges."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for tile, edges in tiles.items():
            records = empty_records(tile, edges)
            entry = tarfile.TarInfo(f"{tile & 7}/000/000/{tile >> 3:03}.gph")
            entry.size = len(records)
            archive.addfile(entry, BytesIO(records))
    return path


def graph_ids(*edges: tuple[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([tile | edge << 25 for tile, edge in edges], np.int64)


def closed_in(path: Path, tile: int) -> list[int]:
    with tarfile.open(path) as archive:
        file = archive.extractfile(f"{tile & 7}/000/000/{tile >> 3:03}.gph")
        assert file is not None
        records = np.frombuffer(file.read()[HEAD_BYTES:], "<u8")
    assert set(records.tolist()) <= {0, CLOSED}
    return np.flatnonzero(records).tolist()


def test_exactly_the_edges_named_are_closed(tmp_path: Path) -> None:
    path = traffic_file(tmp_path / "traffic.tar", {10: 5, 18: 9})
    traffic = TrafficFile.open(path)
    assert traffic is not None
    assert traffic.set_closed(graph_ids((10, 0), (10, 4), (18, 8))) == 3
    assert (closed_in(path, 10), closed_in(path, 18)) == ([0, 4], [8])
    assert traffic.set_closed(graph_ids((10, 4), (18, 1))) == 3
    assert (closed_in(path, 10), closed_in(path, 18)) == ([4], [1])
    traffic.close()
    again = TrafficFile.open(path)
    assert again is not None
    assert again.set_closed(graph_ids((10, 4))) == 1
    assert again.set_closed(graph_ids()) == 1
    assert (closed_in(path, 10), closed_in(path, 18)) == ([], [])
    again.close()


def test_one_at_a_time_may_write(tmp_path: Path) -> None:
    path = traffic_file(tmp_path / "traffic.tar", {10: 1})
    first = TrafficFile.open(path)
    assert first is not None
    assert TrafficFile.open(path) is None
    first.close()
    second = TrafficFile.open(path)
    assert second is not None
    second.close()


def test_speed_and_access_leave_everything_else_alone() -> None:
    rng = np.random.default_rng(5)
    words = rng.integers(0, 1 << 63, (4, 6), np.uint64)
    before = words.copy()
    set_speed(words, np.array([1, 3]), np.array([50, 7]))
    assert (words[:, 2] & np.uint64(0xFF)).tolist()[1::2] == [50, 7]
    assert ((words ^ before)[:, [0, 1, 3, 4, 5]] == 0).all()
    assert ((words ^ before)[:, 2] >> np.uint64(8) == 0).all()
    onward, back = np.array([True, False, True, False]), np.array([True, True, False, False])
    set_access(words, TAXI, onward, back)
    access = words[:, 3]
    assert ((access & np.uint64(TAXI)) > 0).tolist() == onward.tolist()
    assert ((access >> np.uint64(12) & np.uint64(TAXI)) > 0).tolist() == back.tolist()
    changed = np.uint64(TAXI | TAXI << 12)
    assert ((access ^ before[:, 3]) & ~changed == 0).all()
    assert (access & np.uint64(AUTO) == before[:, 3] & np.uint64(AUTO)).all()


def test_tables_of_tiles_are_joined_in_order(tmp_path: Path) -> None:
    def table(number: int, lines: int) -> EdgeTable:
        ids = np.full(lines, number)
        return EdgeTable(
            graph_ids=ids,
            way_ids=ids,
            forward=np.ones(lines, bool),
            line_of=np.array(range(lines)),
            lons=np.array(range(2 * lines)) + float(number),
            lats=np.zeros(2 * lines),
            starts=np.array(range(0, 2 * lines + 1, 2)),
        )

    EdgeTable.joined([table(1, 2), table(7, 3)]).save(tmp_path / "edges.npz")
    whole = EdgeTable.load(tmp_path / "edges.npz")
    assert whole.starts.tolist() == [0, 2, 4, 6, 8, 10]
    assert whole.line_of.tolist() == [0, 1, 2, 3, 4]
    assert whole.lons[whole.starts[whole.line_of]].tolist() == [1, 3, 7, 9, 11]


@pytest.mark.parametrize("profile", list(Profile))
def test_every_profile_asks_for_live_records(profile: Profile) -> None:
    query = costing(profile)
    assert query["date_time"] == {"type": 0}
    assert list(query["costing_options"]) == [COSTING_OF[profile]]


def test_faster_units_take_less_time_of_a_car_s() -> None:
    assert seconds_factor(Profile.CAR) == pytest.approx(1.0)
    assert seconds_factor(Profile.MOTORCYCLE) < seconds_factor(Profile.PATROL) < 1
    assert seconds_factor(Profile.FIRE_ENGINE) > 1


def test_the_service_listens_to_this_machine_only(tmp_path: Path) -> None:
    config = service_config(tmp_path, tmp_path, 4711)
    assert config["httpd"]["service"]["listen"] == f"tcp://{LOOPBACK}:4711"
    proxies = [config[stage]["service"]["proxy"] for stage in ("loki", "thor", "odin")]
    assert all(one.startswith("ipc://") for one in proxies)


def traces(*accuracies: float | None) -> list[Trace]:
    return [
        Trace(
            point=HERE,
            at=BEGAN + timedelta(seconds=i),
            accuracy_m=None if one is None else Metres(one),
        )
        for i, one in enumerate(accuracies)
    ]


@pytest.mark.parametrize(
    ("accuracies", "used"),
    [((None, None), 10), ((20, 40), 30), ((0.5, 0.5), ACCURACY_M[0]), ((4000, 10), ACCURACY_M[1])],
)
def test_accuracy_decides_how_far_is_looked(
    accuracies: tuple[float | None, ...], used: float
) -> None:
    options = match_query(traces(*accuracies), Profile.PATROL)["trace_options"]
    assert options["gps_accuracy"] == used
    assert used < options["search_radius"] <= 100


def test_confidence_falls_with_distance_and_with_what_is_lost() -> None:
    def answer(*away: float | None) -> dict[str, object]:
        points = [
            {"type": "unmatched"}
            if one is None
            else {"type": "matched", "distance_from_trace_point": one}
            for one in away
        ]
        edges = [{"length": 0.1, "names": ["A"]}, {"length": 0.2, "names": ["A"]}, {"length": 0.1}]
        return {"matched_points": points, "edges": edges, "shape": encoded([(0, 0), (9, 9)])}

    good, far, lost = (
        matched_of(answer(2, 2)),
        matched_of(answer(30, 30)),
        matched_of(answer(2, None)),
    )
    assert good.confidence > far.confidence > 0
    assert (lost.unmatched, good.unmatched) == (1, 0)
    assert lost.confidence < good.confidence
    assert good.metres == pytest.approx(400)
    assert good.streets == ("A",)


class Wild:
    """A service that answers whatever it is told to."""

    def __init__(self, folder: Path, answer: httpx.Response) -> None:
        RunFile("http://127.0.0.1:9", "x", 1).write(folder)
        self.router = ValhallaRouter(folder)
        transport = httpx.MockTransport(lambda _: answer)
        self.router._client._http = httpx.AsyncClient(transport=transport)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"trip": {"legs": []}}),
        httpx.Response(200, json={"trip": {"legs": [{"shape": "_p~iF"}], "summary": {}}}),
        httpx.Response(500, text="oops"),
        httpx.Response(502, json={"error_code": 442}),
        httpx.Response(400, json={"error_code": 154, "error": "too far"}),
    ],
)
async def test_answers_that_make_no_sense_are_trouble_not_travel(
    tmp_path: Path, answer: httpx.Response
) -> None:
    wild = Wild(tmp_path, answer)
    with pytest.raises(Unavailable):
        await wild.router.route(start=HERE, end=THERE, profile=Profile.CAR)
    with pytest.raises(Unavailable):
        await wild.router.travel_times(origins=[HERE] * 9, to=THERE, profile=Profile.CAR)
    await wild.router.aclose()


async def test_no_way_is_an_answer(tmp_path: Path) -> None:
    no_path = httpx.Response(400, json={"error_code": 442, "error": "No path could be found"})
    wild = Wild(tmp_path, no_path)
    found = await wild.router.route(start=HERE, end=THERE, profile=Profile.CAR)
    assert (found.travel.seconds, found.travel.reason) == (None, Reason.NOT_CONNECTED)
    await wild.router.aclose()


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"url": "x"})])
def test_a_torn_run_file_is_no_service(tmp_path: Path, text: str) -> None:
    (tmp_path / "service.json").write_text(text)
    assert RunFile.read(tmp_path) is None


def test_records_begin_with_the_tile_and_its_number_of_edges() -> None:
    records = empty_records(4711, 3)
    assert struct.unpack_from("<2Q4I", records) == (4711, 0, 3, 3, 0, 0)
    assert len(records) == HEAD_BYTES + 3 * 8
