"""Passwords as argon2id hashes. Hashing is slow on purpose: it runs in a thread, few at a time."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_MIN = 10
PASSWORD_MAX = 256
HASHES_AT_ONCE = 2

_hasher = PasswordHasher()
_gate = asyncio.Semaphore(HASHES_AT_ONCE)
# Verified when the user name is unknown, so that both refusals take the same time.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


async def hash_password(password: str) -> str:
    """Return the argon2id hash of `password`, parameters and salt included."""
    async with _gate:
        return await asyncio.to_thread(_hasher.hash, password)


async def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one behind the hash; None stands for an unknown user."""
    async with _gate:
        return await asyncio.to_thread(_verify, password_hash, password)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
