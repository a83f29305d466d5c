"""Instants as they come in: aware, and kept in UTC from the edge on."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, AwareDatetime


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


Instant: TypeAlias = Annotated[AwareDatetime, AfterValidator(_in_utc)]
