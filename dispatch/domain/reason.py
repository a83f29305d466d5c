"""A reason: a code that screens translate, and what goes into its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.domain.wire import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """`code` is one of docs/recommendation.md, `params` the numbers and names of the sentence."""

    code: str
    params: Mapping[str, JsonValue] = field(default_factory=dict)
