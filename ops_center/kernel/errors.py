"""Errors of the world (never ours): each has a stable code and tells the user what to do next."""

from typing import Any, ClassVar


class DomainError(Exception):
    """Something outside asked for what cannot be done; answered as RFC 9457 problem+json."""

    code: ClassVar[str] = "domain-error"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra
        self._code = code

    @property
    def problem_code(self) -> str:
        """Return the code of this very case: the given one, or the one of the class."""
        return self._code or self.code


class Invalid(DomainError):
    code = "invalid"


class NotFound(DomainError):
    code = "not-found"


class Conflict(DomainError):
    code = "conflict"


class StaleVersion(DomainError):
    """If-Match named a version that is not the present one."""

    code = "stale-version"


class Unauthenticated(DomainError):
    code = "unauthenticated"


class Forbidden(DomainError):
    code = "forbidden"


class TooMany(DomainError):
    """A named limit was reached; `retry_after_s` in extra says when to come back."""

    code = "too-many"


class Unavailable(DomainError):
    """A part of the centre that this needs does not answer now; nothing was changed."""

    code = "unavailable"
