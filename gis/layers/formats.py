"""Which kind of file it is, told from its content; the name is only a hint."""

from __future__ import annotations

import csv
import io
import re
from enum import StrEnum

from gis.address import bare
from ops_center.kernel.errors import Invalid

HEAD_BYTES = 65_536
CRS_PATTERN = re.compile(r"^(?:EPSG:\d{4,6}|OGC:CRS84)$", re.IGNORECASE)
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "latin-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "cp850": "cp850",
    "utf-16": "utf-16",
}
LON_COLUMNS = ("lon", "lng", "longitude", "longitud", "long", "x")
LAT_COLUMNS = ("lat", "latitude", "latitud", "y")
WKT_COLUMNS = ("wkt", "geometry", "geometria", "geom", "the geom")
DELIMITERS = (";", "\t", "|", ",")


class Format(StrEnum):
    GEOJSON = "GeoJSON"
    GEOPACKAGE = "GeoPackage"
    SHAPEFILE = "Shapefile"
    KML = "KML"
    FLATGEOBUF = "FlatGeobuf"
    CSV = "CSV"
    ZIP = "zip"


SUFFIX = {
    Format.GEOJSON: ".geojson",
    Format.GEOPACKAGE: ".gpkg",
    Format.SHAPEFILE: ".shp",
    Format.KML: ".kml",
    Format.FLATGEOBUF: ".fgb",
    Format.CSV: ".csv",
    Format.ZIP: ".zip",
}
KNOWN = "GeoJSON, GeoPackage, Shapefile (.zip), KML, FlatGeobuf or CSV with lon and lat"
_MAGIC = (
    (b"PK\x03\x04", Format.ZIP),
    (b"SQLite format 3\x00", Format.GEOPACKAGE),
    (b"fgb\x03fgb", Format.FLATGEOBUF),
)
_BARE_SHP = b"\x00\x00\x27\x0a"


def recognise(head: bytes) -> Format:
    """Return what the first HEAD_BYTES of a file say it is; Invalid where they say nothing."""
    if not head:
        raise unreadable("The file is empty.", code="empty-file")
    if head.startswith(_BARE_SHP):
        raise unreadable("This is a bare .shp: send it with its .dbf, .shx and .prj in one .zip.")
    binary = next((found for magic, found in _MAGIC if head.startswith(magic)), None)
    return binary or _text(decoded_head(head).lstrip("\ufeff \t\r\n"))


def _text(text: str) -> Format:
    if text.startswith("{"):
        return Format.GEOJSON
    if text.startswith("<"):
        return _xml(text)
    if "\x00" not in text and csv_columns(text) is not None:
        return Format.CSV
    raise unreadable(f"This is none of the formats that can be read: {KNOWN}.")


def unreadable(detail: str, *, code: str = "layer-unreadable") -> Invalid:
    return Invalid(detail, code=code)


def _xml(text: str) -> Format:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise unreadable("The XML declares a DOCTYPE or entities, which KML never needs.")
    if re.search(r"<(?:\w+:)?kml\b", text[:4096]):
        return Format.KML
    raise unreadable(f"This XML is not KML. Send {KNOWN}.")


def decoded_head(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    return head.decode("utf-8", errors="replace")


def csv_columns(text: str) -> tuple[str, list[str]] | None:
    """Return the delimiter and the header of a CSV that says where things are, else None."""
    line = text.lstrip("\ufeff").partition("\n")[0].rstrip("\r")
    for delimiter in DELIMITERS:
        try:
            header = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
        except csv.Error:
            continue
        if geometry_columns(header) is not None:
            return delimiter, header
    return None


def geometry_columns(header: list[str]) -> tuple[int, ...] | None:
    """Return the places of (lon, lat), or of (WKT,), in a header; None where it has neither."""
    names = [bare(one) for one in header]
    lon = next((names.index(one) for one in LON_COLUMNS if one in names), None)
    lat = next((names.index(one) for one in LAT_COLUMNS if one in names), None)
    if lon is not None and lat is not None:
        return lon, lat
    wkt = next((names.index(one) for one in WKT_COLUMNS if one in names), None)
    return None if wkt is None else (wkt,)


def check_crs(crs: str | None) -> None:
    """Invalid unless it is one that a person may name: EPSG:n or OGC:CRS84."""
    if crs is not None and not CRS_PATTERN.match(crs):
        raise Invalid("Name the CRS as EPSG:number, e.g. EPSG:32721 for UTM 21 south.")


def check_encoding(encoding: str | None) -> None:
    if encoding is not None and encoding.lower() not in ENCODINGS:
        raise Invalid(f"Encodings that can be read: {', '.join(sorted(ENCODINGS))}.")
