"""What goes in and out over HTTP about rule documents."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from ops_center.api.shapes import In, Out, ShortWords


class RuleVersionOut(Out):
    """Version 0 is the shipped document: nobody changed it."""

    name: str
    version: int
    summary: str
    changed_at: datetime | None
    changed_by: str | None


class RulesOut(Out):
    items: list[RuleVersionOut]


class RuleDocumentOut(RuleVersionOut):
    document: Any


class FaultOut(Out):
    path: str
    message: str


class RulesCheckedOut(Out):
    valid: bool
    errors: list[FaultOut]


class RulesCheckIn(In):
    document: dict[str, Any]


class RulesIn(RulesCheckIn):
    summary: ShortWords | None = None


class RulesRollBackIn(In):
    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
