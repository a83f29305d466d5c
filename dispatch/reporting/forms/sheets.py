"""Printed reports before they have a form: titled tables and the chart that goes with each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dispatch.reporting.forms.words import word

Report = Mapping[str, Any]
Labels = Callable[[str, str], str]
# What a printed page has room for; the whole is in CSV.
ROWS_MAX: Final = 150
BARS_MAX: Final = 24
_PRINTED: Final = (
    *("answer", "process", "dispatch", "turnout", "travel", "first_arrival", "response"),
)
_HOUR_S: Final = 3_600
_MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Words of one language; `labels(list, code)` are those of codes."""

    language: str
    labels: Labels

    def __call__(self, key: str) -> str:
        return word(key, self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars for each label, side by side for each series; `unit` stands at the axis."""

    title: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float]]]
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with its title; the first column is left-aligned words, the rest numbers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    chart: Chart | None = None
    remark: str | None = None


def sheets_of(name: str, report: Report, labels: Labels, language: str) -> list[Sheet]:
    """Return the sheets of a report in that language; `labels(list, code)` are words."""
    return _SHEETS[name](report, Speaker(language=language, labels=labels))


def _response_times(report: Report, w: Speaker) -> list[Sheet]:
    sheets = []
    for one in report["intervals"]:
        if one["name"] not in _PRINTED:
            continue
        rows = [row for row in report["rows"] if row[one["name"]]["n"]][:ROWS_MAX]
        if rows:
            sheets.append(_interval(one["name"], rows, report, w))
    columns = [w("group"), *(w(key) for key in ("n", "p50", "p90"))]
    return sheets or [Sheet(title=w("title.response-times"), columns=columns, rows=[])]


def _interval(name: str, rows: Sequence[Report], report: Report, w: Speaker) -> Sheet:
    keys = ("n", "p50", "p90", "p95", "mean", "target_s", "within", "left_out")
    named = [_group(row, report, w) for row in rows]
    charted = rows[:BARS_MAX]
    return Sheet(
        title=w(name),
        columns=[w("group"), *(w(key) for key in keys)],
        rows=[[label, *_figure(row[name])] for label, row in zip(named, rows, strict=True)],
        chart=Chart(
            title=w(name),
            labels=named[: len(charted)],
            series=[(key, [row[name][key] for row in charted]) for key in ("p50", "p90")],
            unit="s",
        ),
        remark=w("seconds") + (" " + w("withheld") if any(r["withheld"] for r in rows) else ""),
    )


def _group(row: Report, report: Report, w: Speaker) -> str:
    group = row["label"]
    label = w("all") if group == "all" else w.labels(report["group_by"], group)
    return (label or "–") + (" *" if row["withheld"] else "")


def _figure(figure: Report) -> list[str]:
    seconds = [_number(figure[key]) for key in ("p50", "p90", "p95", "mean", "target_s")]
    left_out = figure["missing"] + figure["negative"]
    return [str(figure["n"]), *seconds, _share(figure["within"]), str(left_out)]


def _calls(report: Report, w: Speaker) -> list[Sheet]:
    total = max(report["total"], 1)
    return [
        Sheet(
            title=w(f"list.{name}"),
            columns=[w("class"), w("calls"), w("share"), w("real"), w("not_real")],
            rows=[
                [w.labels(name, str(one["code"])), str(one["n"]), _share(one["n"] / total),
                 _number(one["real"]), _number(one["not_real"])]
                for one in rows[:ROWS_MAX]
            ],
            chart=Chart(
                title=w(f"list.{name}"),
                labels=[w.labels(name, str(one["code"])) for one in rows[:BARS_MAX]],
                series=[(w("calls"), [one["n"] for one in rows[:BARS_MAX]])],
                unit="",
            ),
        )
        for name, rows in report["lists"].items()
    ]  # fmt: skip


def _queues(report: Report, w: Speaker) -> list[Sheet]:
    sheets = []
    for queue, title in (("calls", "waiting"), ("incidents", "unassigned")):
        if report[queue] is None:
            continue
        hours = report[queue]["over_the_day"]
        chart = Chart(
            title=w(title),
            labels=[f"{one['hour']:02}" for one in hours],
            series=[(w("queue_mean"), [one["mean"] for one in hours])],
            unit="",
        )
        rows = [[f"{one['hour']:02}", f"{one['mean']:.2f}", str(one["most"])] for one in hours]
        columns = [w("hour"), w("queue_mean"), w("most")]
        sheets.append(Sheet(title=w(title), columns=columns, rows=rows, chart=chart))
    return sheets


def _workload(report: Report, w: Speaker) -> list[Sheet]:
    people = [
        [one["name"], *(_number(one[key]) for key in ("calls", "dispatches", "alarms", "notes"))]
        for one in report["operators"] or ()
    ]
    units = [
        [one["callsign"], one["agency"], str(one["incidents"]), f"{one['busy_s'] / _HOUR_S:.1f}",
         "–" if one["duty_s"] is None else f"{one['duty_s'] / _HOUR_S:.1f}",
         _share(one["utilisation"])]
        for one in report["units"]
    ]  # fmt: skip
    busiest = report["units"][:BARS_MAX]
    chart = Chart(
        title=w("busy_h"),
        labels=[one["callsign"] for one in busiest],
        series=[(w("busy_h"), [one["busy_s"] / _HOUR_S for one in busiest])],
        unit="h",
    )
    of_units = ("unit", "agency", "incidents", "busy_h", "duty_h", "utilisation")
    of_people = ("name", "calls", "dispatches", "alarms", "notes")
    return [
        Sheet(title=w("operators"), columns=[w(k) for k in of_people], rows=people[:ROWS_MAX]),
        Sheet(
            title=w("units"), columns=[w(k) for k in of_units], rows=units[:ROWS_MAX], chart=chart
        ),
    ]


def _overrides(report: Report, w: Speaker) -> list[Sheet]:
    keys = ("number", "unit", "class", "reason", "foreseen_min", "measured_min")
    rows = [
        [one["number"] or w("protected"), one["callsign"],
         w.labels("type", one["type"]) if one["type"] else w("protected"), one["reason"] or "–",
         _minutes(one["foreseen_s"]), _minutes(one["measured_s"])]
        for one in report["items"][:ROWS_MAX]
    ]  # fmt: skip
    remark = f"{report['overrides']} / {report['orders']} ({_share(report['share'])})"
    title = w("title.overrides")
    return [Sheet(title=title, columns=[w(key) for key in keys], rows=rows, remark=remark)]


def _alarms(report: Report, w: Speaker) -> list[Sheet]:
    keys = ("kind", "from_source", "raised", "verified", "false", "false_rate")
    rows = [
        [one["kind"], one["source"] or "–", *(str(one[key]) for key in keys[2:5]),
         _share(one["false_rate"])]
        for one in report["sources"][:ROWS_MAX]
    ]  # fmt: skip
    hours = report["hours"]
    chart = Chart(
        title=w("list.hour"),
        labels=[f"{one['hour']:02}" for one in hours],
        series=[(w("raised"), [one["n"] for one in hours])],
        unit="",
    )
    columns = [w(key) for key in keys]
    return [Sheet(title=w("title.alarms"), columns=columns, rows=rows, chart=chart)]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}".replace(",", "\u202f")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f} %"


def _minutes(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / _MINUTE_S:+.1f}"


_SHEETS: Final[Mapping[str, Callable[[Report, Speaker], list[Sheet]]]] = {
    "response-times": _response_times,
    "calls": _calls,
    "queues": _queues,
    "workload": _workload,
    "overrides": _overrides,
    "alarms": _alarms,
}
