"""Measures an entry's way from the HTTP answer to 200 consoles, and what each delivery costs."""

import asyncio
import json
import time
from typing import Any, Final

from dispatch.domain.events import IncidentNoted
from dispatch.domain.incident_parts import Note
from ops_center.bench.child import Child
from ops_center.bench.cpu import cpu_s
from ops_center.bench.own_centre import LOOPBACK, OwnCentre
from ops_center.bench.report import Measurement, percentile
from ops_center.kernel import transaction
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.database import Database
from ops_center.kernel.events import Author
from ops_center.kernel.ids import new_id
from ops_center.simulator.centre import Centre

CONSOLES: Final = 200
COMMANDS: Final = 150
COMMAND_GAP_S: Final = 0.03
ENTRIES: Final = 500
ENTRY_GAP_S: Final = 0.01
IDLE_S: Final = 6.0
SETTLE_S: Final = 1.0
AIM: Final = 2.0
CALL: Final = "call.received"
NOTE: Final = "incident.noted"
TEXT: Final = "Hay una pelea grande en la esquina, dos están sangrando. " * 6


async def measure(centre: OwnCentre, machine: Centre) -> list[Measurement]:
    """Return latency and CPU per delivered message, each beside `websockets.broadcast`."""
    pid = centre.processes["app"].pid
    async with Child("ops_center.bench.listeners") as listeners:
        token = centre.token("dispatcher")
        await listeners.ask("connect", url=centre.url, token=token, count=CONSOLES, keep=CONSOLES)
        await asyncio.sleep(SETTLE_S)
        delays_ms = await _command_delays_ms(machine, listeners)
        idle_share = await _idle(pid)
        before, began = cpu_s(pid), time.monotonic()
        notes = await _write_notes(centre.database.url)
        await asyncio.sleep(SETTLE_S)
        used_s = cpu_s(pid) - before - idle_share * (time.monotonic() - began)
        heard = (await listeners.ask("entries", kind=NOTE))["heard"]
    delivered = _all_delivered(notes, heard)
    reference = await _reference(notes)
    details = {"idle share of a core": idle_share, "bytes per entry": reference["bytes"]}
    return [
        _latency(delays_ms, reference["delays_ms"]),
        Measurement(
            name="CPU per delivered message",
            unit="µs",
            ours=used_s / delivered * 1e6,
            reference=reference["cpu_us"],
            reference_name="websockets.broadcast, same bytes",
            aim=AIM,
            note=f"{CONSOLES} consoles; ours includes reading the journal; idle beats taken off",
            details=details,
        ),
    ]


def _latency(ours_ms: list[float], reference_ms: list[float]) -> Measurement:
    return Measurement(
        name="entry: HTTP answer to 200 consoles, p95",
        unit="ms",
        ours=percentile(ours_ms, 0.95),
        reference=percentile(reference_ms, 0.95),
        reference_name="broadcast() call to 200 sockets",
        note="to 1 ms; ours includes NOTIFY, journal read and the rights of each console",
        details={
            "p50": percentile(ours_ms, 0.5),
            "p99": percentile(ours_ms, 0.99),
            "worst": max(ours_ms),
            "reference p99": percentile(reference_ms, 0.99),
        },
    )


async def _command_delays_ms(machine: Centre, listeners: Child) -> list[float]:
    """Give COMMANDS commands, one after the other, and return every console's delay of each."""
    answered: dict[str, int] = {}
    for number in range(COMMANDS):
        body = {"source": "phone", "caller_number": f"0981 {number:06}", "narrative": TEXT}
        call = await machine.post("/calls", body)
        answered[call["id"]] = time.monotonic_ns()
        await asyncio.sleep(COMMAND_GAP_S)
    await asyncio.sleep(SETTLE_S)
    heard = (await listeners.ask("entries", kind=CALL))["heard"]
    _all_delivered(list(answered), heard)
    return _delays_ms(answered, heard)


def _all_delivered(subjects: list[str], heard: dict[str, list[int]]) -> int:
    """Return how many deliveries there were; every console must have had every entry once."""
    delivered = sum(len(heard.get(key, ())) for key in subjects)
    wanted = CONSOLES * len(subjects)
    assert delivered == wanted, f"{delivered} of {wanted} deliveries came"
    return delivered


def _delays_ms(begun: dict[str, int], heard: dict[str, list[int]]) -> list[float]:
    """A console may have it before the commander has the answer: that counts as no delay."""
    return [max(at - begun[key], 0) / 1e6 for key in begun for at in heard.get(key, ())]


async def _idle(pid: int) -> float:
    """Return the share of a core that consoles cost when nothing happens: beats both ways."""
    before = cpu_s(pid)
    await asyncio.sleep(IDLE_S)
    return (cpu_s(pid) - before) / IDLE_S


async def _write_notes(url: str) -> list[str]:
    """Commit ENTRIES entries straight to the journal, so that no command's cost is measured."""
    clock, author = SystemClock(), Author(id=new_id(), name="bench")
    database = Database(url, pool_size=1, name="bench")
    subjects = []
    try:
        for _ in range(ENTRIES):
            note = Note(id=new_id(), text=TEXT, author=author.name, at=clock.now())
            fact = IncidentNoted(subject=new_id(), version=1, note=note)
            async with transaction.begin(
                database, author=author, cause=new_id(), clock=clock
            ) as tx:
                tx.record(fact)
                await tx.commit()
            subjects.append(str(fact.subject))
            await asyncio.sleep(ENTRY_GAP_S)
    finally:
        await database.close()
    return subjects


async def _reference(subjects: list[str]) -> dict[str, Any]:
    """As many entries to as many sockets by `websockets.broadcast`, to the same listeners."""
    texts = [_entry_text(number, subject) for number, subject in enumerate(subjects)]
    async with (
        Child("ops_center.bench.broadcaster") as server,
        Child("ops_center.bench.listeners") as listeners,
    ):
        url = f"http://{LOOPBACK}:{(await server.ask('open'))['port']}"
        await listeners.ask("connect", url=url, token="", count=CONSOLES, keep=CONSOLES)
        await asyncio.sleep(SETTLE_S)
        idle_share = await _idle(server.pid)
        before, began = cpu_s(server.pid), time.monotonic()
        sent = await server.ask("send", texts=texts, gap_s=ENTRY_GAP_S)
        await asyncio.sleep(SETTLE_S)
        used_s = cpu_s(server.pid) - before - idle_share * (time.monotonic() - began)
        heard = (await listeners.ask("entries", kind=NOTE))["heard"]
    delivered = _all_delivered(subjects, heard)
    return {
        "cpu_us": used_s / delivered * 1e6,
        "delays_ms": _delays_ms(dict(zip(subjects, sent["began"], strict=True)), heard),
        "bytes": float(len(texts[0].encode())),
    }


def _entry_text(number: int, subject: str) -> str:
    """An entry as long as the real one: the same note in the same envelope."""
    at = "2026-11-22T14:05:33.120Z"
    entry = {
        "type": "entry", "after": 1_000 + number, "seq": 1_001 + number, "id": subject,
        "kind": NOTE, "subject_type": "incident", "subject": subject, "version": 1,
        "incident": None, "author": {"id": subject, "name": "bench"}, "cause": subject,
        "occurred_at": at, "recorded_at": at,
        "data": {"note": {"id": subject, "text": TEXT, "author": "bench", "at": at}},
    }  # fmt: skip
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
