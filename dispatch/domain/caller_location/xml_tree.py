"""XML from strangers as a plain tree: no DTD, no entities, limited in size, depth and number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ops_center.kernel.errors import Invalid

BYTES_MAX: Final = 65_536
DEPTH_MAX: Final = 32
ELEMENTS_MAX: Final = 2_000
# What expat says of encodings it does not know, and of bytes that are none of the one declared.
UNREADABLE: Final = (ParseError, DefusedXmlException, ValueError, LookupError)


@dataclass(frozen=True, slots=True)
class Node:
    """An element by its local name; prefixes and namespaces differ between senders."""

    name: str
    text: str
    attributes: dict[str, str]
    below: "list[Node]" = field(default_factory=list)

    def walk(self) -> "Iterator[Node]":
        """Yield this element and all below it, in the order of the document."""
        yield self
        for child in self.below:
            yield from child.walk()

    def find(self, *names: str) -> "Node | None":
        """Return the first element of one of these names, this one included."""
        return next((one for one in self.walk() if one.name in names), None)

    def said(self, name: str) -> str | None:
        """Return the text of the first element of that name, None where there is none."""
        found = self.find(name)
        return found.text if found is not None and found.text else None


def read_xml(body: bytes) -> Node:
    """Return the document, or Invalid for what is no XML, is a trap, or is far too large."""
    if len(body) > BYTES_MAX:
        raise Invalid(f"The document has {len(body)} bytes; at most {BYTES_MAX} are read.")
    try:
        return _build(body)
    except UNREADABLE as error:
        raise Invalid(
            f"The document is not plain XML ({type(error).__name__}). Send it without DTD and "
            "entities, in UTF-8.",
            code="malformed-xml",
        ) from error


def _build(body: bytes) -> Node:
    depth, count = 0, 0
    open_nodes: list[Node] = [Node("", "", {})]
    for step, element in iterparse(
        BytesIO(body), events=("start", "end"), forbid_dtd=True, forbid_entities=True
    ):
        if step == "end":
            depth -= 1
            _close(open_nodes, element)
            continue
        depth, count = depth + 1, count + 1
        if depth > DEPTH_MAX or count > ELEMENTS_MAX:
            raise Invalid(
                f"The document is nested deeper than {DEPTH_MAX} or has more than {ELEMENTS_MAX} "
                "elements.",
                code="malformed-xml",
            )
        open_nodes.append(Node("", "", {}))
    return open_nodes[0].below[0]


def _close(open_nodes: list[Node], element: Element) -> None:
    """An element is whole only at its end: then its text and attributes are there."""
    below = open_nodes.pop().below
    names = {_local(name): value for name, value in element.attrib.items()}
    node = Node(_local(element.tag), (element.text or "").strip(), names, below)
    open_nodes[-1].below.append(node)
    element.clear()


def _local(name: str) -> str:
    return name.rpartition("}")[2]
