"""The process that reads a stranger's file: limits first, then GDAL, rows out to a file.

Started by `process.py` as `python -m gis.layers.reader`. What to read comes as JSON on stdin; it
writes kept.ndjson, refused.ndjson and answer.json into its folder, and says on stdout which
stage and row it is at, so that even a crash can be laid to a row.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from ops_center.kernel.errors import Invalid

MEMORY_MAX_BYTES = 4_000_000_000
CPU_MAX_S = 300
OUTPUT_MAX_BYTES = 2_000_000_000
OPEN_FILES_MAX = 64
NICENESS = 10
AGAIN = "--without-other-drivers"


def _limit() -> None:
    """Bound this process before it loads anything that reads the file."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_MAX_BYTES),
        (resource.RLIMIT_CPU, CPU_MAX_S),
        (resource.RLIMIT_FSIZE, OUTPUT_MAX_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES_MAX),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(NICENESS)


def _keep_only_our_drivers() -> None:
    """Start over without GDAL's other drivers: some follow links or run what a file tells them.

    GDAL reads the list once, when it loads, and the list of what there is comes from GDAL.
    """
    from gis.layers.vector_rows import other_drivers

    others = ",".join(other_drivers())
    if others:
        tell("drivers", names=others)
        os.putenv("GDAL_SKIP", others)
        os.execv(sys.executable, [sys.executable, "-m", "gis.layers.reader", AGAIN])  # noqa: S606


def tell(stage: str, **more: int | str) -> None:
    """Say on stdout where the reading is."""
    sys.stdout.write(json.dumps({"stage": stage, **more}) + "\n")
    sys.stdout.flush()


def answer_of(asked: dict[str, Any]) -> dict[str, Any]:
    """Read what was asked for: {report}, or {refused: {code, detail}} for the file as a whole."""
    from gis.layers.reading import read_file

    try:
        return {"report": read_file(asked, tell)}
    except Invalid as error:
        return {"refused": {"code": error.problem_code, "detail": error.detail}}
    except MemoryError:
        detail = "Reading the file takes more memory than is allowed: split it."
        return {"refused": {"code": "layer-too-large", "detail": detail}}


def main() -> None:
    # pyogrio looks for these two by itself; without them it starts in half the time.
    sys.modules["geopandas"] = sys.modules["pandas"] = None  # type: ignore[assignment]
    if AGAIN not in sys.argv:
        _limit()
        _keep_only_our_drivers()
    asked = json.loads(sys.stdin.read())
    answer = json.dumps(answer_of(asked), ensure_ascii=False)
    Path(asked["folder"], "answer.json").write_text(answer, encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
