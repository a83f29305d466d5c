"""Files of an incident: what may be attached is told from the bytes, never from the name."""

import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dispatch.domain.incident import Incident, IncidentStatus, require_open, step
from dispatch.domain.incident_facts import IncidentAttached
from dispatch.domain.incident_parts import Attachment
from ops_center.kernel.errors import Conflict, Invalid
from ops_center.kernel.events import Fact

FILE_MAX_BYTES: Final = 25_000_000
FILES_MAX: Final = 100
HEAD_BYTES: Final = 65_536
NAME_MAX: Final = 100
NAMELESS: Final = "archivo"
_UNSAFE: Final = frozenset("<>:\"/\\|?*;%&$`'=#{}~^,")


@dataclass(frozen=True, slots=True)
class MediaType:
    """An accepted type: its endings (the first one is given to names without), how it begins."""

    name: str
    endings: tuple[str, ...]
    begins: Callable[[bytes], bool]


def _with(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magic)


def _iso(*brands: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[4:8] == b"ftyp" and head[8:].startswith(brands)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"RIFF") and head[8:12] == form


def _is_text(head: bytes) -> bool:
    """Whether it is UTF-8 without control characters; a longer file may be cut in a character."""
    try:
        text = getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return bool(text) and all(c in "\r\n\t" or unicodedata.category(c) != "Cc" for c in text)


_MPEG_AUDIO: Final = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
_ISO_MEDIA: Final = (b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"3gp")
ACCEPTED: Final = (
    MediaType("image/jpeg", (".jpg", ".jpeg"), _with(b"\xff\xd8\xff")),
    MediaType("image/png", (".png",), _with(b"\x89PNG\r\n\x1a\n")),
    MediaType("image/webp", (".webp",), _riff(b"WEBP")),
    MediaType("application/pdf", (".pdf",), _with(b"%PDF-")),
    MediaType("video/mp4", (".mp4", ".m4v", ".3gp"), _iso(*_ISO_MEDIA)),
    MediaType("audio/mp4", (".m4a",), _iso(b"M4A ")),
    MediaType("video/webm", (".webm",), _with(b"\x1a\x45\xdf\xa3")),
    MediaType("audio/mpeg", (".mp3",), _with(*_MPEG_AUDIO)),
    MediaType("audio/ogg", (".ogg", ".oga", ".opus"), _with(b"OggS")),
    MediaType("audio/wav", (".wav",), _riff(b"WAVE")),
    MediaType("text/plain", (".txt", ".log", ".csv"), _is_text),
)


def media_type_of(head: bytes) -> MediaType:
    """Return the type that the first HEAD_BYTES tell, or raise Invalid with those accepted."""
    for known in ACCEPTED:
        if known.begins(head):
            return known
    names = ", ".join(one.name for one in ACCEPTED)
    raise Invalid(
        f"A file of this kind is not kept. Send one of: {names}.", code="media-type-not-kept"
    )


def safe_name(name: str, media_type: MediaType) -> str:
    """Return a file name that is harmless everywhere and ends as its type does."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = unicodedata.normalize("NFC", last)
    kept = "".join(_harmless(c) for c in plain).strip(" ._")
    ending = next((e for e in media_type.endings if kept.lower().endswith(e)), None)
    stem = kept[: -len(ending)] if ending else kept
    stem = stem.replace(".", "_").strip(" _")[:NAME_MAX] or NAMELESS
    return f"{stem}{ending or media_type.endings[0]}"


def _harmless(character: str) -> str:
    """Letters, marks, numbers, dots, dashes and blanks; the rest becomes a low line or nothing."""
    category = unicodedata.category(character)
    if category.startswith("C"):  # controls, and marks that turn the writing direction
        return ""
    return "_" if character in _UNSAFE else character


def require_room(incident: Incident) -> None:
    """Raise Conflict unless it takes one more: a closed one still does, a merged one does not."""
    if incident.status is IncidentStatus.MERGED:
        require_open(incident)
    if len(incident.attachments) >= FILES_MAX:
        raise Conflict(
            f"Incident {incident.number} has {FILES_MAX} files, and holds no more.",
            code="too-many-files",
        )


def attach(incident: Incident, attachment: Attachment) -> tuple[Incident, list[Fact]]:
    """Add the file to the incident, or raise Conflict as `require_room` does."""
    if any(held.id == attachment.id for held in incident.attachments):
        return incident, []
    require_room(incident)
    after = step(incident, attachments=(*incident.attachments, attachment))
    fact = IncidentAttached(
        subject=after.id,
        version=after.version,
        incident=after.id,
        audience=after.audience,
        attachment=attachment,
    )
    return after, [fact]
