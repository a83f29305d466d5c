"""Takes a zip apart that nobody vouches for: counted before and while it is unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from gis.layers.formats import unreadable

FILES_MAX = 100
UNPACKED_MAX_BYTES = 1_000_000_000
CHUNK_BYTES = 1 << 20
LAYER_SUFFIXES = (".shp", ".gpkg", ".geojson", ".json", ".kml", ".fgb", ".csv")
BESIDE_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz", ".kmz")
ENCRYPTED = 0x1


def unpack(source: Path, into: Path, *, wanted: str | None = None) -> Path:
    """Unpack the one layer of a zip into a folder of ours; names in the zip are never paths.

    `wanted` is the stem of one of several. Raises Invalid for bombs, paths that lead out, zips
    in zips, passwords, and for a zip without exactly one layer.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            _check(members)
            return _unpack(archive, members, into, wanted)
    except NotImplementedError as error:  # how zipfile says it about a way of packing
        raise unreadable(
            f"The zip is packed in a way that cannot be read ({error}): pack it again with Deflate."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise unreadable(f"The zip is damaged or cut off ({error}).") from error


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > FILES_MAX:
        raise unreadable(f"The zip holds {len(members):,} files; {FILES_MAX} are allowed.")
    total = sum(one.file_size for one in members)
    if total > UNPACKED_MAX_BYTES:
        raise unreadable(
            f"The zip would unpack to {total:,} bytes; {UNPACKED_MAX_BYTES:,} are allowed."
        )
    for one in members:
        _check_member(one)


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", name):
        raise unreadable(f"The zip holds a path that leads out of it: {name!r}.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise unreadable(f"The zip holds a link: {name!r}.")
    if member.flag_bits & ENCRYPTED:
        raise unreadable("The zip has a password. Send it without one.")
    if path.suffix.lower() in ARCHIVES:
        raise unreadable(f"The zip holds another archive: {name!r}. Send what is inside.")


def _unpack(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], into: Path, wanted: str | None
) -> Path:
    visible = [one for one in members if not _is_rubbish(one.filename)]
    layers = [one for one in visible if _suffix(one) in LAYER_SUFFIXES]
    if wanted is not None:
        layers = [one for one in layers if _stem(one) == wanted.lower()]
    if len(layers) != 1:
        names = ", ".join(sorted(PurePosixPath(one.filename).name for one in layers)) or "none"
        raise unreadable(
            f"The zip has to hold one layer; found: {names}. "
            "With several, say which by its name without the ending (--source-layer)."
        )
    chosen = layers[0]
    budget = UNPACKED_MAX_BYTES
    for one in _together(chosen, visible):
        budget -= _copy(archive, one, into / f"source{_suffix(one)}", budget)
    return into / f"source{_suffix(chosen)}"


def _together(chosen: zipfile.ZipInfo, members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    if _suffix(chosen) != ".shp":
        return [chosen]
    beside = [
        one
        for one in members
        if _suffix(one) in BESIDE_SHAPEFILE
        and PurePosixPath(one.filename.lower()).with_suffix("")
        == PurePosixPath(chosen.filename.lower()).with_suffix("")
    ]
    if not {".dbf", ".shx"} <= {_suffix(one) for one in beside}:
        raise unreadable("A Shapefile needs its .dbf and .shx beside the .shp in the zip.")
    return beside


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, budget: int) -> int:
    written = 0
    with archive.open(member) as packed, to.open("xb") as out:
        while chunk := packed.read(CHUNK_BYTES):
            written += len(chunk)
            if written > budget:  # what the zip says of itself need not be true
                raise unreadable(f"The zip unpacks to more than {UNPACKED_MAX_BYTES:,} bytes.")
            out.write(chunk)
    return written


def _is_rubbish(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _stem(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).stem.lower()
