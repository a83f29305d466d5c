"""WHEP offers that are damaged on the way: answered or refused, never an error of ours."""

import random

from aiortc import RTCConfiguration, RTCPeerConnection

from camera_ingest.webrtc import engine
from camera_ingest.webrtc.hub import Hub
from camera_ingest.webrtc.sessions import EndedView, Sessions
from ops_center.kernel.clock import SystemClock
from ops_center.kernel.errors import Invalid
from ops_center.kernel.ids import new_id

DAMAGED_OFFERS = 80


def damaged(offer: str, chance: random.Random) -> str:
    """Return the offer with one to three of its lines lost, repeated, cut or misspelt."""
    lines = offer.splitlines(keepends=True)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        line = lines[at]
        place = chance.randrange(len(line))
        letter = chance.choice("0 x:/=-")
        lines[at] = chance.choice(
            ["", line * 2, line[:place] + "\r\n", line[:place] + letter + line[place + 1 :]]
        )
        lines = [one for one in lines if one]
    return "".join(lines)


async def test_damaged_offer_is_answered_or_refused() -> None:
    engine.prepare(["127.0.0.1"])
    browser = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    browser.addTransceiver("video", direction="recvonly")
    await browser.setLocalDescription(await browser.createOffer())
    offer = browser.localDescription.sdp
    ended: list[EndedView] = []
    sessions = Sessions(
        clock=SystemClock(),
        ended=ended.append,
        limit=DAMAGED_OFFERS,
        limit_per_camera=DAMAGED_OFFERS,
    )
    chance = random.Random(7)
    answered = refused = 0
    for _ in range(DAMAGED_OFFERS):
        try:
            await sessions.open(
                Hub(),
                offer=damaged(offer, chance),
                camera_id=new_id(),
                viewing_id=new_id(),
                viewer="x",
            )
            answered += 1
        except Invalid:
            refused += 1
    assert answered
    assert refused
    assert sessions.count() == answered
    await sessions.close_all()
    assert len(ended) == answered
    await browser.close()
