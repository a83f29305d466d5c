"""Makes camera clips from a real video: `python -m camera_ingest.clips SOURCE OUTDIR`."""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

RECIPE = 3  # raise when the encodings below change, so that cached clips are made anew
GOP_S = 2
SYNTHETIC_FPS = 10
MANIFEST = "clips.json"


@dataclass(frozen=True, slots=True)
class Encoding:
    """One way a camera may code its picture; `b_frames` and hevc cannot be passed through."""

    name: str
    width: int
    height: int
    bit_rate: int
    codec: str = "libx264"
    profile: str = "Baseline"
    b_frames: int = 0
    view: tuple[float, float, float] = (0.0, 0.0, 1.0)  # left, top, scale of the crop, 0..1


DEMO = (
    Encoding("sub", 640, 360, 400_000),
    Encoding("sub_left", 640, 360, 400_000, view=(0.0, 0.12, 0.6)),
    Encoding("sub_right", 640, 360, 400_000, view=(0.4, 0.2, 0.6)),
)
MAIN = (Encoding("main", 1280, 720, 1_500_000),)
AWKWARD = (
    Encoding("bframes", 640, 360, 400_000, profile="Main", b_frames=2),
    Encoding("hevc", 640, 360, 300_000, codec="libx265", profile="Main"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Pictures to encode: `open_frames` yields BGR images at `fps` from the beginning."""

    fps: Fraction
    open_frames: Callable[[], Iterator[Image]]


def video_source(path: Path, *, seconds: float | None = None) -> Source:
    """Return the pictures of a video file, at most the first `seconds` of it."""
    with av.open(str(path)) as container:
        fps = Fraction(container.streams.video[0].average_rate or SYNTHETIC_FPS)
    wanted = None if seconds is None else int(seconds * fps)

    def frames() -> Iterator[Image]:
        with av.open(str(path)) as container:
            for count, frame in enumerate(container.decode(video=0)):
                if wanted is not None and count >= wanted:
                    return
                yield frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)

    return Source(fps, frames)


def synthetic_source(*, seconds: float = 4.0, size: tuple[int, int] = (640, 480)) -> Source:
    """Return a made-up scene, a box crossing a still, textured background; for tests."""
    width, height = size
    ground = np.random.default_rng(7).integers(60, 120, (height, width, 3), dtype=np.uint8)
    ground = cv2.GaussianBlur(ground, (9, 9), 0).astype(np.uint8)

    def frames() -> Iterator[Image]:
        total = int(seconds * SYNTHETIC_FPS)
        for count in range(total):
            picture = ground.copy()
            left = int((width - 80) * count / max(total - 1, 1))
            picture[height // 3 : height // 3 + 120, left : left + 80] = (40, 200, 240)
            yield picture

    return Source(Fraction(SYNTHETIC_FPS), frames)


def crop(picture: Image, encoding: Encoding) -> Image:
    """Return the encoding's view of the picture, cut to its shape and scaled to its size."""
    height, width = picture.shape[:2]
    left, top, scale = encoding.view
    wide = int(width * scale)
    high = min(int(wide * encoding.height / encoding.width), height)
    x, y = int(left * width), min(int(top * height), height - high)
    part = picture[y : y + high, x : x + wide]
    sized = cv2.resize(part, (encoding.width, encoding.height), interpolation=cv2.INTER_AREA)
    return sized.astype(np.uint8, copy=False)


def encode(source: Source, encoding: Encoding, target: Path) -> Path:
    """Write `source` as an mp4 at `target`, whole or not at all; a key picture every GOP_S."""
    part = target.with_suffix(".part")
    gop = int(GOP_S * source.fps)
    with av.open(str(part), "w", format="mp4") as container:
        stream = container.add_stream(
            encoding.codec, rate=source.fps, options=_options(encoding, gop)
        )
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = encoding.width, encoding.height
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = encoding.bit_rate
        stream.codec_context.gop_size = gop
        stream.codec_context.thread_count = 1
        if encoding.codec == "libx264":
            stream.codec_context.profile = encoding.profile
        for picture in source.open_frames():
            frame = av.VideoFrame.from_ndarray(crop(picture, encoding), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    part.rename(target)
    return target


def _options(encoding: Encoding, gop: int) -> dict[str, str]:
    common = f"keyint={gop}:min-keyint={gop}:scenecut=0:repeat-headers=1"
    if encoding.codec == "libx265":
        more = ":log-level=none:pools=none:bframes=0"
        return {"preset": "ultrafast", "tune": "zerolatency", "x265-params": common + more}
    if encoding.b_frames:
        more = f":bframes={encoding.b_frames}:b-adapt=0"
        return {"preset": "veryfast", "x264-params": common + more}
    more = ":sliced-threads=0:slices=1"
    return {"preset": "veryfast", "tune": "zerolatency", "x264-params": common + more}


def prepare(
    source: Path,
    outdir: Path,
    *,
    encodings: Iterable[Encoding] = DEMO,
    seconds: float | None = None,
) -> dict[str, Path]:
    """Make the clips that are missing or outdated in `outdir`; return their paths by name."""
    outdir.mkdir(parents=True, exist_ok=True)
    manifest = outdir / MANIFEST
    known = json.loads(manifest.read_text()) if manifest.exists() else {}
    made: dict[str, Path] = {}
    for encoding in encodings:
        target = outdir / f"{encoding.name}.mp4"
        stamp = _stamp(source, encoding, seconds)
        if known.get(encoding.name) != stamp or not target.exists():
            encode(video_source(source, seconds=seconds), encoding, target)
            known[encoding.name] = stamp
            manifest.write_text(json.dumps(known, indent=1, sort_keys=True))
        made[encoding.name] = target
    return made


def _stamp(source: Path, encoding: Encoding, seconds: float | None) -> str:
    about = source.stat()
    text = json.dumps([RECIPE, source.name, about.st_size, seconds, asdict(encoding)])
    return hashlib.sha256(text.encode()).hexdigest()


def main(arguments: list[str] | None = None) -> None:
    """Make the demo clips and write one line `name path` for each."""
    parser = argparse.ArgumentParser(prog="python -m camera_ingest.clips", description=__doc__)
    parser.add_argument("source", type=Path, help="a video file, such as opencv-doc's vtest.avi")
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--main", action="store_true", help="also make a 1280x720 clip")
    parser.add_argument("--awkward", action="store_true", help="also make B-frame and HEVC clips")
    parser.add_argument("--seconds", type=float, help="only the first seconds of the source")
    given = parser.parse_args(arguments)
    if not given.source.is_file():
        parser.error(f"{given.source} does not exist. Install Debian's opencv-doc for vtest.avi.")
    encodings = DEMO + (MAIN if given.main else ()) + (AWKWARD if given.awkward else ())
    made = prepare(given.source, given.outdir, encodings=encodings, seconds=given.seconds)
    for name, path in made.items():
        sys.stdout.write(f"{name} {path}\n")


if __name__ == "__main__":
    main()
