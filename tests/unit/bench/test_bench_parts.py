"""The bench's own instruments: percentiles, ratios, WebSocket framing, processor time."""

import json
import math
import os
import struct
import time
from pathlib import Path

import pytest

from ops_center.bench import suites
from ops_center.bench.cpu import cpu_s
from ops_center.bench.listeners import frames, masked
from ops_center.bench.report import Measurement, as_json, percentile, write_json


def measurement(**changes: object) -> Measurement:
    given = {"name": "m", "unit": "µs", "ours": 3.0, "reference": 2.0, "reference_name": "r"}
    return Measurement(**{**given, **changes})  # type: ignore[arg-type]


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 0.95) == 95
    assert percentile(values, 0.5) == 50
    assert percentile(values, 1.0) == 100
    assert percentile([7.0], 0.01) == 7
    assert math.isnan(percentile([], 0.5))


def test_an_aim_is_missed_only_above_it() -> None:
    assert measurement().ratio == 1.5
    assert not measurement(aim=1.5).misses_aim
    assert measurement(aim=1.4).misses_aim
    assert not measurement(aim=None).misses_aim
    assert measurement(reference=0.0).ratio == math.inf


def test_the_json_holds_the_ratios(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    write_json(file, as_json([measurement(aim=1.0)], {"cores": 2}, suite="core"))
    written = json.loads(file.read_text())
    (result,) = written["results"]
    assert written["suite"] == "core"
    assert (result["ratio"], result["misses_aim"]) == (1.5, True)


def server_frame(payload: bytes) -> bytes:
    if len(payload) < 126:
        return bytes((0x81, len(payload))) + payload
    if len(payload) < 65_536:
        return bytes((0x81, 126)) + struct.pack("!H", len(payload)) + payload
    return bytes((0x81, 127)) + struct.pack("!Q", len(payload)) + payload


@pytest.mark.parametrize("cut", [1, 3, 7, 1_000, 1_000_000])
def test_frames_are_put_together_however_they_were_cut(cut: int) -> None:
    payloads = [b"", b"a" * 5, b"b" * 125, b"c" * 126, b"d" * 65_535, b"e" * 65_536, b"f"]
    stream = b"".join(server_frame(one) for one in payloads)
    chunks = [(at, stream[at : at + cut]) for at in range(0, len(stream), cut)]
    found = list(frames(chunks))
    assert [payload for _, payload in found] == payloads
    assert [at for at, _ in found] == sorted(at for at, _ in found)


def test_a_frame_counts_from_the_chunk_that_completed_it() -> None:
    frame = server_frame(b"hello")
    assert list(frames([(1, frame[:3]), (2, frame[3:])])) == [(2, b"hello")]
    assert list(frames([(1, frame[:3])])) == []


def test_client_frames_are_masked_as_the_standard_asks() -> None:
    assert masked(b"hi") == b"\x81\x82\x00\x00\x00\x00hi"


def test_processor_time_of_a_process_grows_while_it_works() -> None:
    before = cpu_s(os.getpid())
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert 0.04 < cpu_s(os.getpid()) - before < 1


def test_a_suite_of_cities_says_when_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("OPS_SHARED_DATA", raising=False)
    assert suites.run("gis", None, parts=["tiles"]) == 1
    assert "./ops demo" in capsys.readouterr().out


def test_every_part_of_the_gis_suite_can_be_asked_for() -> None:
    assert set(suites.PARTS["gis"]) == {"importing", "geocoding", "routing", "agreement", "tiles"}
