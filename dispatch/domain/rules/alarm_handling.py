"""How alarms are handled, after ISA-18.2: shelving, chatter, groups, what counts as a flood."""

from dataclasses import dataclass
from typing import Final

from dispatch.domain.rules.reading import Part, read
from dispatch.domain.wire import JsonValue

# The most a document may allow: an alarm of priority 1 is never shelved, 2 for ten minutes.
SHELVE_MAX_MIN: Final = {1: 0, 2: 10, 3: 60, 4: 60}
KINDS_MAX: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmHandling:
    """`shelve_min` by priority, in minutes; the rest in the unit of its name.

    A source that repeats itself within `chatter_s` is counted on its open alarm, but at most every
    `line_every_s` it gets a line of its own again. `place_m` is how wide one place is. More than
    `flood_alarms` new lines an operator in `flood_min` minutes is a flood.
    """

    shelve_min: tuple[int, int, int, int]
    chatter_s: int
    line_every_s: int
    place_m: int
    never_grouped: frozenset[str]
    flood_alarms: int
    flood_min: int
    mean_per_hour: int
    max_per_hour: int

    def shelve_limit_min(self, priority: int) -> int:
        """Return how many minutes an alarm of that priority may be shelved; 0: not at all."""
        return self.shelve_min[priority - 1]


def parse(document: JsonValue) -> AlarmHandling:
    """Return the handling of a document {shelve, chatter, flood, operator}, or RulesInvalid."""
    return read(document, _handling)


def _handling(part: Part) -> AlarmHandling:
    part.only("shelve", "chatter", "flood", "operator")
    shelve, chatter = part["shelve"], part["chatter"]
    flood, operator = part["flood"], part["operator"]
    names = tuple(f"priority_{one}_min" for one in SHELVE_MAX_MIN)
    shelve.only(*names)
    chatter.only("window_s", "line_every_s", "place_m", "never_grouped")
    flood.only("alarms", "window_min")
    operator.only("mean_per_hour", "max_per_hour")
    one, two, three, four = (
        shelve[name].whole(0, most)
        for name, most in zip(names, SHELVE_MAX_MIN.values(), strict=True)
    )
    kinds = chatter["never_grouped"].each(limit=KINDS_MAX)
    return AlarmHandling(
        shelve_min=(one, two, three, four),
        chatter_s=chatter["window_s"].whole(1, 3_600),
        line_every_s=chatter["line_every_s"].whole(1, 86_400),
        place_m=chatter["place_m"].whole(10, 5_000),
        never_grouped=frozenset(kind.code() for kind in kinds),
        flood_alarms=flood["alarms"].whole(1, 1_000),
        flood_min=flood["window_min"].whole(1, 60),
        mean_per_hour=operator["mean_per_hour"].whole(1, 1_000),
        max_per_hour=operator["max_per_hour"].whole(1, 1_000),
    )
