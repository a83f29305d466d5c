"""Reports as CSV: RFC 4180, opened safely and rightly by spreadsheets."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

# Spreadsheets read UTF-8 as such only behind this mark.
BOM: Final = "\ufeff"
# A spreadsheet takes a cell that begins so for a formula, and runs it.
_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")

Report = Mapping[str, Any]
Row = list[Any]
Labels = Callable[[str, str], str]
_FIGURES: Final = ("n", "p50", "p90", "p95", "mean", "target_s", "within", "missing", "negative")


def to_csv(name: str, report: Report, labels: Labels) -> bytes:
    """Return the report as UTF-8 with BOM; `labels(list, code)` are words for people.

    The columns are always named in English, so that programs can rely on them.
    """
    header, rows = _TABLES[name](report, labels)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(one) for one in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def _cell(value: Any) -> Any:
    """A number stays one; words that a spreadsheet would run get an apostrophe in front."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return "" if value is None else value


Table = tuple[Row, Iterable[Row]]


def _response_times(report: Report, labels: Labels) -> Table:
    header = ["group", "label", "interval", "measured_between", *_FIGURES, "withheld"]
    return header, _figures(report, labels)


def _figures(report: Report, labels: Labels) -> Iterator[Row]:
    for row in report["rows"]:
        label = labels(report["group_by"], row["label"])
        for one in report["intervals"]:
            figure = row[one["name"]]
            told = [figure[name] for name in _FIGURES]
            yield [row["group"], label, one["name"], one["label"], *told, row["withheld"]]


def _calls(report: Report, labels: Labels) -> Table:
    rows = (
        [name, one["code"], labels(name, str(one["code"])), one["n"], one["real"], one["not_real"]]
        for name, ones in report["lists"].items()
        for one in ones
    )
    return ["list", "code", "label", "calls", "real", "not_real"], rows


def _queues(report: Report, _labels: Labels) -> Table:
    rows = (
        [queue, "at" if "at" in one else "hour", one.get("at", one.get("hour")), one["mean"],
         one["most"]]
        for queue in ("calls", "incidents")
        if report[queue] is not None
        for one in (*report[queue]["series"], *report[queue]["over_the_day"])
    )  # fmt: skip
    return ["queue", "by", "time", "mean", "most"], rows


def _workload(report: Report, _labels: Labels) -> Table:
    of_people = ("name", "calls", "real_calls", "handling_s", "alarms", "notes", "dispatches")
    of_units = ("callsign", "agency", "orders", "incidents", "busy_s", "duty_s", "utilisation")
    people = [["operator", *(one[name] for name in of_people), *([None] * (len(of_units) - 1))]
              for one in report["operators"] or ()]  # fmt: skip
    units = [["unit", one["callsign"], *([None] * (len(of_people) - 1)),
              *(one[name] for name in of_units[1:])] for one in report["units"]]  # fmt: skip
    return ["kind", *of_people, *of_units[1:]], [*people, *units]


def _overrides(report: Report, labels: Labels) -> Table:
    columns = ("at", "number", "type", "priority", "callsign", "agency", "reason", "eta_s",
               "best_eta_s", "actual_s", "foreseen_s", "measured_s")  # fmt: skip
    rows = (
        [labels("type", one[name] or "") if name == "type" else one[name] for name in columns]
        for one in report["items"]
    )
    return list(columns), rows


def _alarms(report: Report, _labels: Labels) -> Table:
    columns = ("kind", "source", "raised", "verified", "dismissed", "false", "open", "false_rate")
    return list(columns), ([one[name] for name in columns] for one in report["sources"])


_TABLES: Final[Mapping[str, Callable[[Report, Labels], Table]]] = {
    "response-times": _response_times,
    "calls": _calls,
    "queues": _queues,
    "workload": _workload,
    "overrides": _overrides,
    "alarms": _alarms,
}
