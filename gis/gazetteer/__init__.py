"""Local names of places, kept by the centre's own people, and reports of wrong places."""

from gis.gazetteer.entries import (
    AddEntry,
    ChangeEntry,
    EntryFields,
    add_entry,
    change_entry,
    remove_entry,
)
from gis.gazetteer.exchange import CSV_HEADER, CsvRow, read_csv, write_csv
from gis.gazetteer.reports import (
    OUTCOMES,
    ReportPlace,
    SettleReport,
    report_place,
    settle_report,
)
from gis.repository.gazetteer import Entry, Report

__all__ = [
    "CSV_HEADER",
    "OUTCOMES",
    "AddEntry",
    "ChangeEntry",
    "CsvRow",
    "Entry",
    "EntryFields",
    "Report",
    "ReportPlace",
    "SettleReport",
    "add_entry",
    "change_entry",
    "read_csv",
    "remove_entry",
    "report_place",
    "settle_report",
    "write_csv",
]
