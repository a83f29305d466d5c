"""Reading a rule document: every fault with its path, found in one go and told together."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from dispatch.domain.labels import Labels
from dispatch.domain.wire import JsonValue
from ops_center.kernel.errors import Invalid

FAULTS_MAX: Final = 200
LABEL_MAX: Final = 500
NAME_SHOWN: Final = 60
ROWS_MAX: Final = 2_000
CODE: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,47}")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong, and where: `path` as in JSON Pointer (RFC 6901), "" for the whole."""

    path: str
    message: str


class RulesInvalid(Invalid):
    """The document is refused; `faults` names every place and what to write there."""

    code = "rules-invalid"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        assert self.faults, "a refusal needs a reason"
        first = self.faults[0]
        more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        super().__init__(
            f"{first.path or 'document'}: {first.message}{more}",
            errors=[{"path": one.path, "message": one.message} for one in self.faults],
        )


class Part:
    """One place in a document. What cannot be read is noted, and a harmless value returned."""

    def __init__(
        self, value: JsonValue, path: str, faults: list[Fault], *, absent: bool = False
    ) -> None:
        self.value = value
        self.path = path
        self.absent = absent
        self._faults = faults

    def fault(self, message: str) -> None:
        """Note that something is wrong here."""
        if len(self._faults) < FAULTS_MAX:
            self._faults.append(Fault(path=self.path, message=message))

    def only(self, *names: str) -> None:
        """Note every member that is not one of these, so that a slip of the pen is seen."""
        for name in self._members():
            if name not in names:
                self[name].fault(f"is not known here; write one of: {', '.join(names)}")

    def __getitem__(self, name: str) -> "Part":
        """Return the member of that name, absent where there is none."""
        members = self._members()
        path = f"{self.path}/{_shown(name).replace('~', '~0').replace('/', '~1')}"
        return Part(members.get(name), path, self._faults, absent=name not in members)

    def each(self, *, limit: int = ROWS_MAX) -> list["Part"]:
        """Return the elements of a list; an absent list is empty."""
        if self.absent:
            return []
        if not isinstance(self.value, list):
            self.fault("must be a list")
            return []
        if len(self.value) > limit:
            self.fault(f"holds {len(self.value)} rows; at most {limit} fit")
        rows = enumerate(self.value[:limit])
        return [Part(one, f"{self.path}/{place}", self._faults) for place, one in rows]

    def members(self) -> dict[str, "Part"]:
        """Return the members of an object in their order; an absent object has none."""
        return {} if self.absent else {name: self[name] for name in self._members()}

    def code(self) -> str:
        """Return a machine word: a-z, 0-9 and _."""
        if isinstance(self.value, str) and CODE.fullmatch(self.value):
            return self.value
        return self._wrong("must be 1 to 48 of a-z, 0-9 and _", "")

    def text(self, *, limit: int = LABEL_MAX) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            return self._wrong("must be words", "")
        if len(self.value) > limit:
            return self._wrong(f"has {len(self.value)} characters; at most {limit} fit", "")
        if any(_is_unstorable(char) for char in self.value):
            return self._wrong("holds a control character or half a character: retype it", "")
        return self.value.strip()

    def whole(self, low: int, high: int, *, default: int | None = None) -> int:
        """Return a whole number from `low` to `high`."""
        if self.absent and default is not None:
            return default
        number = isinstance(self.value, int) and not isinstance(self.value, bool)
        if number and isinstance(self.value, int) and low <= self.value <= high:
            return self.value
        return self._wrong(f"must be a whole number from {low} to {high}", low)

    def share(self, *, default: float) -> float:
        """Return a share: above 0, at most 1."""
        if self.absent:
            return default
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if number and isinstance(self.value, int | float) and 0 < self.value <= 1:
            return float(self.value)
        return self._wrong("must be a share above 0 and at most 1, such as 0.9", default)

    def flag(self, *, default: bool = False) -> bool:
        if self.absent:
            return default
        return (
            self.value if isinstance(self.value, bool) else self._wrong("is true or false", False)
        )

    def one_of(self, allowed: Iterable[str], *, default: str | None = None) -> str:
        known = list(allowed)
        if self.absent and default is not None:
            return default
        if isinstance(self.value, str) and self.value in known:
            return self.value
        return self._wrong(f"must be one of: {', '.join(known)}", known[0] if known else "")

    def optional(self, read: Callable[["Part"], T]) -> T | None:
        """Return what `read` makes of it, None where it is absent or null."""
        return None if self.absent or self.value is None else read(self)

    def labels(self) -> Labels:
        """Return words in Spanish, Guaraní and English; all three are needed."""
        self.only("es", "gn", "en")
        return Labels(es=self["es"].text(), gn=self["gn"].text(), en=self["en"].text())

    def _members(self) -> Mapping[str, JsonValue]:
        if isinstance(self.value, Mapping):
            return self.value
        if not self.absent and not any(one.path == self.path for one in self._faults):
            self.fault("must be an object with named members")
        return {}

    def _wrong(self, message: str, instead: T) -> T:
        self.fault(f"is missing: it {message}" if self.absent else message)
        return instead


def read(document: JsonValue, reader: Callable[[Part], T]) -> T:
    """Return what `reader` makes of the document, or raise RulesInvalid with every fault."""
    faults: list[Fault] = []
    answer = reader(Part(document, "", faults))
    if faults:
        raise RulesInvalid(dict.fromkeys(faults))
    return answer


def _is_unstorable(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"} and char != "\n"


def _shown(name: str) -> str:
    """Return a name as it can be told: a long one cut, half a character spelled out."""
    return name[:NAME_SHOWN].encode("utf-8", "backslashreplace").decode()


def unique(parts: Iterable[Part], name: str, words: str) -> None:
    """Note each row whose member `name` repeats that of a row before it."""
    seen: set[JsonValue] = set()
    for part in parts:
        value = part[name].value
        if isinstance(value, str) and value in seen:
            part[name].fault(f"{words} {value!r} stands here twice")
        if isinstance(value, str):
            seen.add(value)
