"""Makes one heavy form in a process of its own: JSON comes in on stdin, the file goes to stdout."""

import json
import sys
from typing import Any


def main() -> None:
    """Read what to make, write it; whatever fails ends the process with a status."""
    asked: dict[str, Any] = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(_made(asked))


def _made(asked: dict[str, Any]) -> bytes:
    # Each form wakes only the libraries it needs: that is most of the time it takes.
    if asked["form"] == "parquet":
        from dispatch.reporting.forms.parquet_form import to_parquet  # noqa: PLC0415

        return to_parquet(asked["rows"])
    from dispatch.reporting.forms.labels import labels_of  # noqa: PLC0415
    from dispatch.reporting.forms.pdf_form import to_pdf  # noqa: PLC0415
    from dispatch.reporting.forms.sheets import sheets_of  # noqa: PLC0415

    language, name = asked["language"], asked["name"]
    sheets = sheets_of(name, asked["report"], labels_of(asked["labels"]), language)
    return to_pdf(asked["title"], asked["remarks"], sheets, language)


if __name__ == "__main__":
    main()
