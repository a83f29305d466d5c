"""Wire formats: what goes out comes back, and nonsense is refused with a clear error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.wire.digest import (
    Challenge,
    Credentials,
    authorization,
    challenge_header,
    strongest,
    verify,
)
from camera_ingest.wire.nal import Codec, is_delimiter, join_annexb, split_annexb
from camera_ingest.wire.payload import AccessUnit, Depacketiser, packetise
from camera_ingest.wire.rtp import (
    RtpPacket,
    SenderReport,
    WireError,
    build_rtp,
    build_sender_report,
    parse_rtp,
    parse_sender_report,
    signed_distance,
)
from camera_ingest.wire.rtsp import (
    BODY_MAX_BYTES,
    HEAD_MAX_BYTES,
    Interleaved,
    Message,
    RtspParser,
    build_answer,
    build_request,
    interleave,
)
from camera_ingest.wire.sdp import UnsupportedVideo, parse_video

H264_HEADS = st.sampled_from([0x41, 0x61, 0x65, 0x67, 0x68, 0x06])
H265_HEADS = st.sampled_from([b"\x02\x01", b"\x26\x01", b"\x40\x01", b"\x42\x01", b"\x44\x01"])


@st.composite
def h264_nals(draw: st.DrawFn) -> bytes:
    body = draw(st.binary(min_size=1, max_size=4_000))
    return bytes([draw(H264_HEADS)]) + body


@st.composite
def h265_nals(draw: st.DrawFn) -> bytes:
    return draw(H265_HEADS) + draw(st.binary(min_size=1, max_size=4_000))


def send(codec: Codec, units: list[list[bytes]], *, limit: int) -> list[RtpPacket]:
    """Return the packets of access units, sequence from near the wrap."""
    sequence = 65_530
    packets = []
    for place, nals in enumerate(units):
        payloads = packetise(codec, nals, limit=limit)
        for index, payload in enumerate(payloads):
            assert len(payload) <= limit
            last = index == len(payloads) - 1
            packets.append(RtpPacket(96, sequence, place * 3_600, 7, last, payload))
            sequence = (sequence + 1) % 65_536
    return packets


def collect(codec: Codec, packets: list[RtpPacket]) -> tuple[list[AccessUnit], Depacketiser]:
    depacketiser = Depacketiser(codec)
    found = [unit for packet in packets for unit in depacketiser.push(packet)]
    return found, depacketiser


@given(st.lists(st.lists(h264_nals(), min_size=1, max_size=4), max_size=5), st.integers(64, 1_400))
def test_h264_units_survive_packets(units: list[list[bytes]], limit: int) -> None:
    found, depacketiser = collect(Codec.H264, send(Codec.H264, units, limit=limit))
    assert [list(unit.nals) for unit in found] == units
    assert [unit.key for unit in found] == [any(n[0] & 31 == 5 for n in one) for one in units]
    assert depacketiser.lost_packets == 0


@given(st.lists(st.lists(h265_nals(), min_size=1, max_size=4), max_size=5), st.integers(64, 1_400))
def test_h265_units_survive_packets(units: list[list[bytes]], limit: int) -> None:
    found, _ = collect(Codec.H265, send(Codec.H265, units, limit=limit))
    assert [list(unit.nals) for unit in found] == units


@given(
    st.lists(st.lists(h264_nals(), min_size=1, max_size=3), min_size=2, max_size=6),
    st.sets(st.integers(0, 40), max_size=6),
)
def test_no_torn_h264_unit_is_ever_delivered(units: list[list[bytes]], gone: set[int]) -> None:
    packets = send(Codec.H264, units, limit=500)
    kept = [packet for place, packet in enumerate(packets) if place not in gone]
    found, depacketiser = collect(Codec.H264, kept)
    originals = {nal for one in units for nal in one}
    assert all(nal in originals for unit in found for nal in unit.nals)
    if kept:
        first, last = packets.index(kept[0]), packets.index(kept[-1])
        missing = len([place for place in gone if first < place < last])
        assert depacketiser.lost_packets == missing


@given(st.lists(st.binary(max_size=60), max_size=40), st.sampled_from(list(Codec)))
def test_arbitrary_payloads_give_units_or_a_wire_error(payloads: list[bytes], codec: Codec) -> None:
    depacketiser = Depacketiser(codec)
    for place, payload in enumerate(payloads):
        packet = RtpPacket(96, place, place // 3, 1, place % 3 == 2, payload)
        try:
            units = depacketiser.push(packet)
        except WireError:
            continue
        assert all(nal for unit in units for nal in unit.nals)


def test_aggregated_units_are_taken_apart() -> None:
    sps, pps, idr = b"\x67sps", b"\x68pps", b"\x65idr"
    stap = b"\x78" + b"".join(len(nal).to_bytes(2) + nal for nal in (sps, pps))
    packets = [RtpPacket(96, 1, 0, 1, False, stap), RtpPacket(96, 2, 0, 1, True, idr)]
    (unit,), _ = collect(Codec.H264, packets)
    assert unit.nals == (sps, pps, idr)
    assert unit.key


def test_parameter_sets_are_put_before_a_bare_key_picture_only() -> None:
    sets = (b"\x67sps", b"\x68pps")
    bare = AccessUnit(Codec.H264, (b"\x65idr",), 0, key=True)
    full = AccessUnit(Codec.H264, (*sets, b"\x65idr"), 0, key=True)
    later = AccessUnit(Codec.H264, (b"\x41p",), 0, key=False)
    assert bare.with_parameter_sets(sets).nals == full.nals
    assert full.with_parameter_sets(sets) == full
    assert later.with_parameter_sets(sets) == later


@given(st.lists(h264_nals().map(lambda nal: nal + b"\x80"), max_size=6))
def test_annexb_gives_back_its_units(nals: list[bytes]) -> None:
    safe = [nal.replace(b"\x00\x00", b"\x00\x03") for nal in nals]
    assert split_annexb(join_annexb(safe)) == safe


def test_delimiters_are_known() -> None:
    assert is_delimiter(Codec.H264, b"\x09\xf0")
    assert is_delimiter(Codec.H265, b"\x46\x01\x50")


@given(
    st.integers(0, 127),
    st.integers(0, 65_535),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.binary(max_size=100),
)
def test_rtp_packet_survives(
    kind: int, seq: int, ts: int, ssrc: int, mark: bool, data: bytes
) -> None:
    packet = RtpPacket(kind, seq, ts, ssrc, mark, data)
    assert parse_rtp(build_rtp(packet)) == packet


@given(st.binary(max_size=60))
def test_arbitrary_rtp_is_parsed_or_refused(data: bytes) -> None:
    report = parse_sender_report(data)
    assert report is None or data[1] == 200
    try:
        packet = parse_rtp(data)
    except WireError:
        return
    assert packet.payload in data


def test_rtp_padding_and_extension_are_removed() -> None:
    header = bytes([0xB0, 96]) + bytes(10)  # version 2, padding, extension
    extension = b"\xbe\xde\x00\x01" + bytes(4)
    assert parse_rtp(header + extension + b"data" + b"\x00\x02").payload == b"data"


def test_sender_report_carries_the_cameras_clock() -> None:
    report = SenderReport(ssrc=5, wall_s=1_800_000_000.25, timestamp=90_000)
    found = parse_sender_report(build_sender_report(report, packets=1, octets=2))
    assert found is not None
    assert found.wall_s == pytest.approx(report.wall_s, abs=1e-6)
    assert found.timestamp == report.timestamp


def test_counter_distance_goes_the_shorter_way_round() -> None:
    assert signed_distance(5, 2**32 - 5) == 10
    assert signed_distance(2**32 - 5, 5) == -10


@given(st.data())
def test_rtsp_stream_is_parsed_however_it_is_cut(data: st.DataObject) -> None:
    sent = (
        build_answer("200 OK", {"CSeq": "1", "Public": "OPTIONS"}, b"body")
        + interleave(0, b"\x80rtp")
        + build_request("OPTIONS", "rtsp://h/x", {"CSeq": "2"})
        + b"\r\n"
        + interleave(1, b"rtcp")
    )
    cuts = sorted(data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=8)))
    parser = RtspParser()
    found = []
    for begin, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
        found.extend(parser.feed(sent[begin:end]))
    answer, video, request, control = found
    assert isinstance(answer, Message)
    assert (answer.status, answer.body, answer.header("public")) == (200, b"body", "OPTIONS")
    assert video == Interleaved(0, b"\x80rtp")
    assert isinstance(request, Message)
    assert (request.method, request.is_answer) == ("OPTIONS", False)
    assert control == Interleaved(1, b"rtcp")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"RTSP/1.0 abc OK\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nno colon\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % (BODY_MAX_BYTES + 1),
        b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"A" * (HEAD_MAX_BYTES + 2),
    ],
)
def test_what_is_not_rtsp_is_refused(garbage: bytes) -> None:
    with pytest.raises(WireError):
        RtspParser().feed(garbage)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_parsed_or_refused(data: bytes) -> None:
    try:
        found = RtspParser().feed(data)
    except WireError:
        return
    assert all(isinstance(item, (Message, Interleaved)) for item in found)


CREDENTIALS = Credentials("ops", 'pa"ss:wörd')


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", None])
@pytest.mark.parametrize("qop", [True, False])
def test_right_password_is_accepted_and_wrong_one_is_not(algorithm: str | None, qop: bool) -> None:
    asked = Challenge(
        "cam", algorithm, "n0nce" if algorithm else "", qop_auth=qop and bool(algorithm)
    )
    understood = strongest([challenge_header(asked)])
    assert understood is not None
    for credentials, accepted in ((CREDENTIALS, True), (Credentials("ops", "wrong"), False)):
        header = authorization(
            understood, credentials, method="DESCRIBE", uri="rtsp://h/x", count=1, client_nonce="c"
        )
        assert verify(header, asked, CREDENTIALS, method="DESCRIBE") is accepted
        if algorithm:
            assert not verify(header, asked, CREDENTIALS, method="PLAY")


def test_digest_matches_the_example_of_rfc_7616() -> None:
    challenge = Challenge(
        "http-auth@example.org",
        "SHA-256",
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
        qop_auth=True,
    )
    header = authorization(
        challenge,
        Credentials("Mufasa", "Circle of Life"),
        method="GET",
        uri="/dir/index.html",
        count=1,
        client_nonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )
    assert "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" in header


def test_strongest_challenge_is_chosen() -> None:
    offered = [
        'Basic realm="cam"',
        'Digest realm="cam", nonce="a", algorithm=MD5',
        'Digest realm="cam", nonce="b", algorithm=SHA-256, qop="auth,auth-int"',
        'Digest realm="cam", nonce="c", algorithm=SHA-512-256',
    ]
    chosen = strongest(offered)
    assert chosen is not None
    assert (chosen.algorithm, chosen.nonce, chosen.qop_auth) == ("SHA-256", "b", True)
    assert strongest(["Negotiate"]) is None


def test_password_never_shows_in_a_text() -> None:
    assert "pa" not in repr(CREDENTIALS)


SDP = (
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\na=control:*\r\n"
    "m=audio 0 RTP/AVP 0\r\na=control:audio\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAHg==,aM4=\r\na=control:track1\r\n"
)


def test_video_of_an_sdp_is_found() -> None:
    media = parse_video(SDP, base_url="rtsp://h:554/live/")
    assert (media.codec, media.payload_type) == (Codec.H264, 96)
    assert media.control == "rtsp://h:554/live/track1"
    assert media.parameter_sets == (b"\x67\x42\xc0\x1e", b"\x68\xce")


def test_sdp_without_our_codecs_is_refused_and_names_what_is_offered() -> None:
    with pytest.raises(UnsupportedVideo, match="JPEG"):
        parse_video(SDP.replace("H264", "JPEG"), base_url="rtsp://h/")
    with pytest.raises(UnsupportedVideo):
        parse_video("v=0\r\n", base_url="rtsp://h/")


@given(st.text(max_size=200))
def test_arbitrary_sdp_is_parsed_or_refused(text: str) -> None:
    with pytest.raises(WireError):
        parse_video(text, base_url="rtsp://h/")
