"""Words for codes: given as a table by list and code; a code without words stands for itself."""

from collections.abc import Callable, Mapping


def labels_of(table: Mapping[str, Mapping[str, str]]) -> Callable[[str, str], str]:
    """Return the function that gives a code of a list its words."""
    return lambda name, code: table.get(name, {}).get(code, code)
