"""Identifiers: UUIDv7 (RFC 9562), so that keys sort by time of making and indexes stay dense."""

from uuid import UUID, uuid5

import uuid_utils

COMMAND_NAMESPACE = UUID("6f1d8a52-93d1-5c0e-9a55-6e616e676172")


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def derived_id(*parts: str) -> UUID:
    """Return the same UUIDv5 for the same parts: the id of whatever must happen only once."""
    return uuid5(COMMAND_NAMESPACE, "\x1f".join(parts))
