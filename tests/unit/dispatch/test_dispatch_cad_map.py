"""Map files and the rows they read: what is taken, what is refused, and what is guessed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain.cad_map import Row, parse
from dispatch.domain.cad_record import Record, Refused, RowReader
from dispatch.domain.reporting import Stamp
from dispatch.domain.rules.reading import RulesInvalid
from dispatch.reporting.cad_file import CadFile, read_map
from ops_center.kernel.errors import Invalid

REPO = Path(__file__).resolve().parents[3]
MAP: dict[str, Any] = {
    "name": "prueba",
    "row": "response",
    "timezone": "America/New_York",
    "times": ["%Y-%m-%d %H:%M:%S"],
    "stamps": {"received": "in", "dispatch": "out", "scene": "there"},
    "fields": {"incident": "id", "unit": "unit", "priority": "prio"},
    "place": {"column": "where", "order": "lat_lon"},
}
COLUMNS = ("id", "unit", "prio", "in", "out", "there", "where")


def read(*values: str, **changes: Any) -> Record:
    return RowReader(parse({**MAP, **changes}), COLUMNS).read(values)


def row(**given: str) -> list[str]:
    usual = {"id": "1", "in": "2020-06-01 12:00:00"}
    return [{**usual, **{k.rstrip("_"): v for k, v in given.items()}}.get(c, "") for c in COLUMNS]


@pytest.mark.parametrize("name", ["sf_fire_calls.yaml", "montgomery.yaml"])
def test_the_shipped_maps_are_good(name: str) -> None:
    mapped, document = read_map(REPO / "docs/import" / name)
    assert mapped.name == document["name"]
    assert mapped.row is (Row.RESPONSE if name.startswith("sf") else Row.CALL)


def test_every_fault_of_a_map_is_told_with_its_path() -> None:
    wrong: dict[str, Any] = {
        "name": "Ñ!",
        "row": "unit",
        "timezone": "Mars/Olympus",
        "times": ["noon"],
        "stamps": {"arrived": "x"},
        "fields": {"type": {"column": "t", "pattern": "(a)(b)"}},
        "place": {"lon": "x"},
        "more": 1,
    }
    with pytest.raises(RulesInvalid) as refused:
        parse(wrong)
    paths = {fault.path for fault in refused.value.faults}
    assert paths >= {
        "/name", "/row", "/timezone", "/times/0", "/stamps/arrived", "/fields/type/pattern",
        "/place/lat", "/more",
    }  # fmt: skip


def test_a_column_that_the_file_lacks_is_named() -> None:
    with pytest.raises(Invalid, match="'where'"):
        RowReader(parse(MAP), COLUMNS[:-1])


def test_a_row_is_read_in_the_zone_of_the_map() -> None:
    found = read(*row(unit="E1", prio="2", out="2020-06-01 12:01:30", where="(40.7, -74.0)"))
    assert found.at == datetime(2020, 6, 1, 16, tzinfo=UTC)
    assert found.stamps[Stamp.DISPATCH] == datetime(2020, 6, 1, 16, 1, 30, tzinfo=UTC)
    assert found.stamps[Stamp.SCENE] is None
    assert (found.lon, found.lat, found.priority) == (-74.0, 40.7, 2)
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"in": "yesterday"}, "time-unreadable"),
        ({"in": ""}, "no-time"),
        ({"id": ""}, "no-incident"),
        ({"unit": "x" * 65}, "too-long"),
        ({"unit": "a\0b"}, "unreadable-text"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_a_reason(
    given: dict[str, str], reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(*row(**given))
    assert refused.value.reason == reason
    with pytest.raises(Refused, match="3 values for 7 columns"):
        read("1", "2", "3")


@pytest.mark.parametrize(
    ("given", "doubt"),
    [
        ({"where": "(999, 12)"}, "place-unreadable"),
        ({"where": "(0, 0)"}, "place-unreadable"),
        ({"where": "somewhere"}, "place-unreadable"),
        ({"prio": "urgent"}, "priority-unreadable"),
        ({"in": "2020-03-08 02:30:00"}, "time-left-out"),
        ({"in": "2020-11-01 01:30:00"}, "time-twice"),
    ],
)
def test_what_is_doubtful_is_kept_and_told(given: dict[str, str], doubt: str) -> None:
    assert read(*row(**given)).doubts == (doubt,)


def test_an_hour_that_happens_twice_never_turns_time_around() -> None:
    """Clocks went back at 02:00 on 1 November 2020: 01:50 daylight time, then 01:05 winter time."""
    found = read(*row(in_="2020-11-01 00:50:00", out="2020-11-01 01:50:00",
                      there="2020-11-01 01:05:00"))  # fmt: skip
    assert found.stamps[Stamp.DISPATCH] == datetime(2020, 11, 1, 5, 50, tzinfo=UTC)
    assert found.stamps[Stamp.SCENE] == datetime(2020, 11, 1, 6, 5, tzinfo=UTC)
    assert found.doubts == ()


def test_the_hour_left_out_in_spring_is_read_by_the_old_offset() -> None:
    found = read(*row(in_="2020-03-08 01:59:50", out="2020-03-08 03:00:10"))
    sent = found.stamps[Stamp.DISPATCH]
    assert sent is not None
    assert (sent - found.at).total_seconds() == 20


def test_values_can_be_cut_out_renamed_and_fixed() -> None:
    fields = {
        "incident": "id",
        "type": {"column": "unit", "pattern": "^([^:]+):", "values": {"EMS": "médica"}},
        "agency": {"constant": "SEME"},
    }
    found = read(*row(unit="EMS: FALL"), fields=fields)
    assert (found.texts["type"], found.texts["agency"]) == ("médica", "SEME")
    assert read(*row(unit="no colon"), fields=fields).texts["type"] is None


def test_iso_times_carry_their_own_zone() -> None:
    found = read(*row(in_="2020-06-01T12:00:00+02:00"), times=["iso"])
    assert found.at == datetime(2020, 6, 1, 10, tzinfo=UTC)


def _file(tmp_path: Path, text: bytes) -> CadFile:
    path = tmp_path / "calls.csv"
    path.write_bytes(text)
    return CadFile(path, parse({**MAP, "place": None}))


def test_a_file_is_read_in_batches_with_its_bad_rows_listed(tmp_path: Path) -> None:
    lines = ["id,unit,prio,in,out,there"]
    lines += [f'{n},"E,{n}",1,2020-06-01 12:00:00,,' for n in range(12_000)]
    lines[5] = "5,E5,1,never,,"
    cad = _file(tmp_path, "\ufeff".encode() + "\n".join(lines).encode())
    sizes = [len(batch) for batch in cad.batches()]
    assert sizes == [4_999, 5_000, 2_000]
    assert (cad.reading.read, cad.reading.kept) == (12_000, 11_999)
    assert cad.reading.refused == {"time-unreadable": 1}
    assert cad.reading.listed == [{"line": 6, "reason": "time-unreadable", "detail": "in: 'never'"}]


def test_a_file_of_another_encoding_is_refused_as_a_whole(tmp_path: Path) -> None:
    cad = _file(
        tmp_path, "id,unit,prio,in,out,there\n1,Ñ,1,2020-06-01 12:00:00,,\n".encode("latin-1")
    )
    with pytest.raises(Invalid, match="latin-1"):
        list(cad.batches())


def test_a_map_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("name: [", encoding="utf-8")
    with pytest.raises(Invalid, match="no YAML"):
        read_map(path)
