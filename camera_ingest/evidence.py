"""Pictures kept as evidence: stored once under their SHA-256, whole or not at all."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EVIDENCE_MAX_BYTES = 64 * 1024 * 1024
COPIED_AT_ONCE_BYTES = 1_000_000
SHA256 = re.compile(r"[0-9a-f]{64}")
FILE_MODE = 0o440  # nobody writes evidence again


class EvidenceError(Exception):
    """Stored evidence is missing, or is not what its name says."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where bytes went: `sha256` in lower-case hex, `size` in bytes."""

    sha256: str
    size: int


class EvidenceStore:
    """Content-addressed files: `<root>/sha256/ab/cd/<whole digest>`. Blocking: use a thread."""

    def __init__(self, root: Path) -> None:
        self._root = root / "sha256"

    def path(self, sha256: str) -> Path:
        """Return where these bytes lie. Raises EvidenceError unless `sha256` is a digest."""
        if not SHA256.fullmatch(sha256):
            raise EvidenceError("evidence is named by 64 lower-case hex digits")
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def store(self, content: bytes) -> Stored:
        """Keep `content` durably and return its name; the same bytes are kept once."""
        if not 0 < len(content) <= EVIDENCE_MAX_BYTES:
            raise EvidenceError(f"evidence has 1 to {EVIDENCE_MAX_BYTES} bytes")
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        if not target.exists():
            self._make_directory(target.parent)
            _write_durably(target, [content])
        return Stored(sha256, len(content))

    def keep(self, file: Path, sha256: str) -> None:
        """Keep a copy of a file on disk under the digest it was received with.

        Raises EvidenceError when the file is not what `sha256` says.
        """
        target = self.path(sha256)
        if target.exists():
            return
        with file.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != sha256:
                raise EvidenceError("the file changed between its arrival and now")
            content.seek(0)
            self._make_directory(target.parent)
            _write_durably(target, iter(lambda: content.read(COPIED_AT_ONCE_BYTES), b""))

    def read(self, sha256: str) -> bytes:
        """Return the bytes after checking them. Raises EvidenceError when they are not right."""
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise EvidenceError(f"evidence {sha256} is not stored here") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceError(f"evidence {sha256} was changed on disk")
        return content

    def checked(self, sha256: str) -> Path:
        """Return where the bytes lie after checking them piece by piece, never whole in memory.

        Raises EvidenceError when they are not right.
        """
        path = self.path(sha256)
        try:
            with path.open("rb") as content:
                found = hashlib.file_digest(content, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise EvidenceError(f"evidence {sha256} is not stored here") from error
        if found != sha256:
            raise EvidenceError(f"evidence {sha256} was changed on disk")
        return path

    def verify(self, sha256: str) -> bool:
        """True when the bytes are there and still match their name."""
        try:
            self.checked(sha256)
        except EvidenceError:
            return False
        return True

    def _make_directory(self, directory: Path) -> None:
        if directory.exists():
            return
        directory.mkdir(parents=True, exist_ok=True)
        while directory != self._root.parent:
            _sync_directory(directory.parent)
            directory = directory.parent


def _write_durably(target: Path, content: Iterable[bytes]) -> None:
    """Write beside, flush to disk, then rename: a crash leaves the whole file or none."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(FILE_MODE)
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
