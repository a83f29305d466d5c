"""One simulated camera: the clip in real time, to whoever plays it, with its faults."""

import asyncio
import random
import secrets
from dataclasses import dataclass, field
from typing import Protocol

from camera_ingest.simcam.clip import Clip, ClipFrame
from camera_ingest.wire.rtp import (
    SEQUENCE_MODULUS,
    VIDEO_CLOCK_HZ,
    RtpPacket,
    SenderReport,
    build_rtp,
    build_sender_report,
)
from ops_center.kernel.clock import Clock

PAYLOAD_TYPE = 96
REPORT_EVERY_S = 1.0
GARBAGE_BYTES = 4_000
TIMESTAMP_JUMP = VIDEO_CLOCK_HZ * 3_600


class Viewer(Protocol):
    """Someone a camera sends to."""

    def send(self, rtp: list[bytes], report: bytes | None) -> None: ...
    def send_raw(self, data: bytes) -> None: ...
    def drop(self) -> None: ...


@dataclass(slots=True)
class Faults:
    """What is wrong with a camera now; `loss` is the share of RTP packets not sent."""

    stalled: bool = False
    refusing: bool = False
    garbage: bool = False
    corrupt: bool = False
    frozen: bool = False
    loss: float = 0.0


@dataclass(slots=True)
class SimulatedCamera:
    name: str
    clip: Clip
    offset: int = 0
    faults: Faults = field(default_factory=Faults)
    viewers: set[Viewer] = field(default_factory=set)
    ssrc: int = field(default_factory=lambda: secrets.randbits(32))
    first_timestamp: int = field(default_factory=lambda: secrets.randbits(31))
    sequence: int = field(default_factory=lambda: secrets.randbits(15))
    packets: int = 0
    octets: int = 0
    held: int | None = None

    async def run(self, clock: Clock) -> None:
        """Send the clip in real time, for ever."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        index = self.clip.key_frame_at(self.offset)
        begun, count, reported = index, 0, float("-inf")
        while True:
            await asyncio.sleep(max(0.0, started + count / self.clip.fps - loop.time()))
            shown = self._shown(index)
            rounds = (begun + count) // len(self.clip.frames)
            ticks = rounds * self.clip.duration_ticks + self.clip.frames[index].ticks
            due = loop.time() - reported >= REPORT_EVERY_S
            self._send(self.clip.frames[shown], ticks, clock if due else None)
            if due:
                reported = loop.time()
            count += 1
            index = (begun + count) % len(self.clip.frames)

    def _shown(self, index: int) -> int:
        """Return the frame to send: a frozen camera repeats one key picture for ever."""
        if not self.faults.frozen:
            self.held = None
            return index
        if self.held is None:
            self.held = self.clip.key_frame_at(index)
        return self.held

    def _send(self, frame: ClipFrame, ticks: int, clock: Clock | None) -> None:
        if not self.viewers or self.faults.stalled:
            return
        timestamp = self.first_timestamp + ticks
        report = None
        if clock is not None:
            wall = SenderReport(self.ssrc, clock.now().timestamp(), timestamp)
            report = build_sender_report(wall, packets=self.packets, octets=self.octets)
        packets = self._packets(frame, timestamp)
        for viewer in tuple(self.viewers):
            if self.faults.garbage:
                viewer.send_raw(secrets.token_bytes(GARBAGE_BYTES))
            else:
                viewer.send(packets, report)

    def _packets(self, frame: ClipFrame, timestamp: int) -> list[bytes]:
        sent = []
        last = len(frame.payloads) - 1
        for place, payload in enumerate(frame.payloads):
            body = self._corrupted(payload) if self.faults.corrupt else payload
            packet = RtpPacket(
                PAYLOAD_TYPE, self.sequence, timestamp, self.ssrc, place == last, body
            )
            self.sequence = (self.sequence + 1) % SEQUENCE_MODULUS
            self.packets += 1
            self.octets += len(payload)
            if not self.faults.loss or random.random() >= self.faults.loss:  # noqa: S311
                sent.append(build_rtp(packet))
        return sent

    @staticmethod
    def _corrupted(payload: bytes) -> bytes:
        """Keep the framing bytes, so that only the picture is nonsense."""
        return payload[:3] + secrets.token_bytes(max(0, len(payload) - 3))

    def apply(self, words: list[str]) -> None:
        """Carry out one fault command, such as `stall` or `loss 0.02`. Raises ValueError."""
        match words:
            case ["kick"]:
                for viewer in tuple(self.viewers):
                    viewer.drop()
            case ["resume"]:
                self.faults = Faults()
            case ["loss", share]:
                self.faults.loss = float(share)
            case ["jump"]:
                self.first_timestamp += TIMESTAMP_JUMP
            case [("stall" | "refuse" | "garbage" | "corrupt" | "freeze") as name]:
                setattr(self.faults, FLAGS[name], True)
            case _:
                raise ValueError(f"unknown command {' '.join(words)!r}")


FLAGS = {
    "stall": "stalled",
    "refuse": "refusing",
    "garbage": "garbage",
    "corrupt": "corrupt",
    "freeze": "frozen",
}
