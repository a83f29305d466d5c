"""The signature of an AML form: HMAC-SHA1 of what stands before it, as its last parameter."""

import hashlib
import hmac
import re
from enum import StrEnum
from typing import Final

MARK: Final = b"&hmac="
_HEX: Final = re.compile(rb"[0-9a-fA-F]{40}")


class Signature(StrEnum):
    NONE = "none"
    GOOD = "good"
    WRONG = "wrong"


def check(body: bytes, key: bytes) -> Signature:
    """Say whether the body is signed with `key`; anything behind the signature makes it wrong."""
    signed, mark, said = body.rpartition(MARK)
    if not mark:
        return Signature.WRONG if body.startswith(MARK[1:]) else Signature.NONE
    if not _HEX.fullmatch(said):
        return Signature.WRONG
    right = sign(signed, key)
    return Signature.GOOD if hmac.compare_digest(right, said.lower()) else Signature.WRONG


def sign(body: bytes, key: bytes) -> bytes:
    """Return the 40 hexadecimal digits that belong behind `body`."""
    return hmac.new(key, body, hashlib.sha1).hexdigest().encode()


def signed(body: bytes, key: bytes) -> bytes:
    """Return the body with its signature as the last parameter."""
    return body + MARK + sign(body, key)
