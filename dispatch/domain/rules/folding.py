"""How the picture follows the rule documents: name and version; what they say is asked for."""

from typing import Final

from dispatch.domain.folding import RULES, Data, Picture, Step, put_in


def _rules_changed(picture: Picture, subject: str, version: int, data: Data) -> Picture:
    return put_in(
        picture, RULES, subject, {"id": subject, "name": data["name"], "version": version}
    )


STEPS: Final[dict[str, Step]] = {"rules.changed": _rules_changed}
