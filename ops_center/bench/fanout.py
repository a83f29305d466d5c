"""Measures an entry's way from the HTTP answer to 200 consoles, and what each delivery costs."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any, Final

from ops_center.bench.child import Child
from ops_center.bench.cpu import cpu_s
from ops_center.bench.own_centre import LOOPBACK, OwnCentre
from ops_center.bench.report import Measurement, percentile
from ops_center.simulator.centre import Centre

CONSOLES: Final = 200
ENTRIES: Final = 200
GAP_S: Final = 0.04
IDLE_S: Final = 4.0
SETTLE_S: Final = 2.0
AIM: Final = 2.0
KIND: Final = "call.received"
NARRATIVE: Final = "Hay una pelea grande en la esquina, dos están sangrando."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A burst of commands: when each was answered (ns, by call id), and its CPU seconds."""

    answered: dict[str, int]
    calls: list[dict[str, Any]]
    cpu_s: float


async def measure(centre: OwnCentre, machine: Centre) -> list[Measurement]:
    """Return latency and CPU per delivered message, each beside `websockets.broadcast`."""
    pid = centre.processes["app"].pid
    alone = [await _burst(machine, pid)]  # what the commands themselves cost, before and after
    async with Child("ops_center.bench.listeners") as listeners:
        await listeners.ask(
            "connect",
            url=centre.url,
            token=centre.token("dispatcher"),
            count=CONSOLES,
            keep=CONSOLES,
        )
        await asyncio.sleep(SETTLE_S)
        idle_share = await _idle(pid)
        began = time.monotonic()
        with_consoles = await _burst(machine, pid)
        took_s = time.monotonic() - began
        await asyncio.sleep(SETTLE_S / 4)
        heard = await listeners.ask("entries", kind=KIND)
    await asyncio.sleep(SETTLE_S)
    alone.append(await _burst(machine, pid))
    alone_cpu_s = sum(run.cpu_s for run in alone) / len(alone)
    delivered = sum(len(heard["heard"].get(key, ())) for key in with_consoles.answered)
    assert delivered == CONSOLES * ENTRIES, f"{delivered} of {CONSOLES * ENTRIES} came"
    delivery_cpu_s = with_consoles.cpu_s - alone_cpu_s - idle_share * took_s
    delays_ms = _delays_ms(with_consoles.answered, heard["heard"])
    reference = await _reference(with_consoles)
    ours_us = max(delivery_cpu_s, 0.0) / delivered * 1e6
    return [
        _latency(delays_ms, reference["delays_ms"]),
        Measurement(
            name="CPU per delivered message",
            unit="µs",
            ours=ours_us,
            reference=reference["cpu_us"],
            reference_name="websockets.broadcast, same bytes",
            aim=AIM,
            note=f"{CONSOLES} consoles; the commands' own cost and idle beats taken off",
            details={
                "CPU per command, ms": alone_cpu_s / ENTRIES * 1e3,
                "idle share of a core": idle_share,
                "bytes per entry": reference["bytes"],
            },
        ),
    ]


def _latency(ours_ms: list[float], reference_ms: list[float]) -> Measurement:
    return Measurement(
        name="entry: HTTP answer to 200 consoles, p95",
        unit="ms",
        ours=percentile(ours_ms, 0.95),
        reference=percentile(reference_ms, 0.95),
        reference_name="broadcast() call to 200 sockets",
        note="ours includes commit, NOTIFY, journal read and the rights of each console",
        details={
            "p50": percentile(ours_ms, 0.5),
            "p99": percentile(ours_ms, 0.99),
            "worst": max(ours_ms),
            "reference p99": percentile(reference_ms, 0.99),
        },
    )


async def _burst(machine: Centre, pid: int) -> _Run:
    """Give ENTRIES commands, one after the other; each makes one entry."""
    answered: dict[str, int] = {}
    calls = []
    before = cpu_s(pid)
    for number in range(ENTRIES):
        body = {"source": "phone", "caller_number": f"0981 {number:06}", "narrative": NARRATIVE}
        call = await machine.post("/calls", body)
        answered[call["id"]] = time.monotonic_ns()
        calls.append(call)
        await asyncio.sleep(GAP_S)
    return _Run(answered=answered, calls=calls, cpu_s=cpu_s(pid) - before)


async def _idle(pid: int) -> float:
    """Return the share of a core that consoles cost when nothing happens: beats both ways."""
    before = cpu_s(pid)
    await asyncio.sleep(IDLE_S)
    return (cpu_s(pid) - before) / IDLE_S


def _delays_ms(answered: dict[str, int], heard: dict[str, list[int]]) -> list[float]:
    """A console may have it before the commander has the answer: that counts as no delay."""
    return [max(at - answered[key], 0) / 1e6 for key in answered for at in heard.get(key, ())]


async def _reference(run: _Run) -> dict[str, Any]:
    """The same bytes to as many sockets by `websockets.broadcast`, by the same listeners."""
    texts = [_entry_text(number, call) for number, call in enumerate(run.calls)]
    async with Child("ops_center.bench.broadcaster") as server:
        port = (await server.ask("open"))["port"]
        async with Child("ops_center.bench.listeners") as listeners:
            url = f"http://{LOOPBACK}:{port}"
            await listeners.ask("connect", url=url, token="none", count=CONSOLES, keep=CONSOLES)  # noqa: S106  the reference asks for none
            await asyncio.sleep(SETTLE_S)
            idle_share = await _idle(server.pid)
            before, began = cpu_s(server.pid), time.monotonic()
            sent = await server.ask("send", texts=texts, gap_s=GAP_S)
            used = cpu_s(server.pid) - before - idle_share * (time.monotonic() - began)
            await asyncio.sleep(SETTLE_S / 4)
            heard = await listeners.ask("entries", kind=KIND)
    handed = {call["id"]: at for call, at in zip(run.calls, sent["began"], strict=True)}
    delivered = sum(len(ats) for ats in heard["heard"].values())
    assert delivered == CONSOLES * ENTRIES, f"the reference delivered {delivered}"
    return {
        "cpu_us": used / delivered * 1e6,
        "delays_ms": _delays_ms(handed, heard["heard"]),
        "bytes": float(len(texts[0].encode())),
    }


def _entry_text(number: int, call: dict[str, Any]) -> str:
    """An entry as long as the real one: the same call in the same envelope."""
    data = {k: v for k, v in call.items() if k not in {"possible_duplicates", "candidates"}}
    entry = {
        "type": "entry", "after": 1_000 + number, "seq": 1_001 + number, "id": call["id"],
        "kind": KIND, "subject_type": "call", "subject": call["id"], "version": 1,
        "incident": None, "author": {"id": call["id"], "name": "simulador"}, "cause": call["id"],
        "occurred_at": call["occurred_at"], "recorded_at": call["received_at"], "data": data,
    }  # fmt: skip
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
