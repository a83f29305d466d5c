"""The rule documents that come with the product: in force until a supervisor edits them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from dispatch.domain.rules.ruleset import DOCUMENTS, RuleSet, assemble, together
from dispatch.domain.wire import JsonValue

FOLDER: Final = Path(__file__).resolve().parents[1] / "defaults"


def _read(name: str) -> JsonValue:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    answer: JsonValue = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe
    return answer


# Read once, when the process starts: files of our own, and no request waits for them.
SHIPPED: Final[Mapping[str, JsonValue]] = {name: _read(name) for name in DOCUMENTS}


@cache
def shipped_values() -> Mapping[str, object]:
    """Return the parsed value of each shipped document by name."""
    return {name: DOCUMENTS[name].parse(text) for name, text in SHIPPED.items()}


@cache
def shipped_rules() -> RuleSet:
    """Return the rules as shipped, every version 0."""
    rules = assemble(shipped_values(), dict.fromkeys(DOCUMENTS, 0))
    assert not together(rules), together(rules)
    return rules
