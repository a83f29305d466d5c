"""Rule documents on both centres: versions, refusals, rollback, and what the picture shows."""

import copy
import threading
from dataclasses import replace
from typing import Any

import pytest

from dispatch.domain.rules.protocols import Protocol
from dispatch.domain.rules.reading import RulesInvalid
from dispatch.domain.rules.ruleset import DOCUMENTS, RuleSet, RuleVersion
from dispatch.repository import SHIPPED
from dispatch.services import rules
from ops_center.kernel.errors import Invalid, NotFound, StaleVersion
from ops_center.kernel.ids import new_id
from tests.builders import DISPATCHER, at
from tests.contract.dispatch.conftest import Centre
from tests.dispatch_acts import assert_picture_is_the_fold, opened
from tests.dispatch_centre import SqlCentre

TYPES = "incident-types"


def shipped(name: str) -> Any:
    return copy.deepcopy(SHIPPED[name])


async def put(centre: Centre, name: str, document: Any, version: int | None = None) -> RuleVersion:
    command = rules.PutRules(
        id=new_id(), name=name, document=document, expected_version=version, summary="prueba"
    )
    async with centre.command() as work:
        return await rules.put_rules(work, command, now=at(1), author=DISPATCHER)


async def in_force(centre: Centre) -> RuleSet:
    async with centre.command() as work:
        return await work.rules.current()


def with_priority(code: str, priority: int) -> Any:
    document = shipped(TYPES)
    next(one for one in document["types"] if one["code"] == code)["priority"] = priority
    return document


async def test_the_shipped_rules_are_in_force_until_somebody_edits_them(centre: Centre) -> None:
    found = await in_force(centre)
    assert dict(found.versions) == dict.fromkeys(DOCUMENTS, 0)
    assert found.types.chosen("noise").priority == 4
    async with centre.command() as work:
        [only] = await work.rules.versions(TYPES)
        assert (only.version, only.changed_by) == (0, None)
        assert (await work.rules.at(TYPES)).document == SHIPPED[TYPES]


async def test_an_edit_is_in_force_at_once_and_every_version_is_kept(centre: Centre) -> None:
    after = await put(centre, TYPES, with_priority("noise", 3), 0)
    assert (after.version, after.changed_by, after.changed_at) == (1, DISPATCHER.name, at(1))
    assert (await in_force(centre)).types.chosen("noise").priority == 3
    await put(centre, TYPES, with_priority("noise", 2), 1)
    async with centre.command() as work:
        assert [one.version for one in await work.rules.versions(TYPES)] == [2, 1, 0]
        old = await work.rules.at(TYPES, 1)
        assert old.document == with_priority("noise", 3)
        value: Any = await work.rules.value_at(TYPES, 1)
        assert value.chosen("noise").priority == 3
        first: Any = await work.rules.value_at("protocols", 0)
        assert isinstance(first["noise"], Protocol)
        with pytest.raises(NotFound):
            await work.rules.at(TYPES, 9)
    incident = await opened(centre, "noise")
    assert incident.priority == 2
    await assert_picture_is_the_fold(centre)


async def test_the_same_document_again_changes_nothing(centre: Centre) -> None:
    await put(centre, TYPES, with_priority("noise", 3))
    assert (await put(centre, TYPES, with_priority("noise", 3))).version == 1
    assert len(await centre.journal()) == 1


async def test_who_edits_an_old_version_is_refused(centre: Centre) -> None:
    await put(centre, TYPES, with_priority("noise", 3), 0)
    with pytest.raises(StaleVersion):
        await put(centre, TYPES, with_priority("noise", 2), 0)
    async with centre.command() as work:
        late = replace(await work.rules.at(TYPES, 1), document=SHIPPED[TYPES], digest="0" * 64)
        with pytest.raises(StaleVersion):
            await work.rules.put(late)


async def test_a_broken_document_is_refused_with_every_reason(centre: Centre) -> None:
    document = shipped(TYPES)
    document["types"][0]["priority"] = 9
    document["types"][1]["parent"] = "nowhere"
    document["types"][2]["colour"] = "red"
    with pytest.raises(RulesInvalid) as refused:
        await put(centre, TYPES, document)
    places = {fault.path for fault in refused.value.faults}
    assert places == {"/types/0/priority", "/types/1/parent", "/types/2/colour"}
    assert (await in_force(centre)).versions[TYPES] == 0
    async with centre.command() as work:
        told = await rules.check_rules(work, name=TYPES, document=document)
        assert {fault.path for fault in told} == places
        assert await rules.check_rules(work, name=TYPES, document=SHIPPED[TYPES]) == ()
        with pytest.raises(NotFound):
            await rules.check_rules(work, name="weather", document={})


async def test_documents_must_fit_each_other(centre: Centre) -> None:
    document = shipped("protocols")
    gone = document["protocols"].pop()
    with pytest.raises(RulesInvalid, match=gone["code"]):
        await put(centre, "protocols", document)
    clocks = shipped("clocks")
    clocks["clocks"].append(
        {"clock": "scene", "type": "ufo", "target_s": 60, "source": "local"},
    )
    with pytest.raises(RulesInvalid, match="ufo"):
        await put(centre, "clocks", clocks)


async def test_a_type_that_open_incidents_have_is_retired_instead_of_removed(
    centre: Centre,
) -> None:
    incident = await opened(centre, "drunk_person")
    document = shipped(TYPES)
    gone = next(one for one in document["types"] if one["code"] == "drunk_person")
    document["types"].remove(gone)
    with pytest.raises(RulesInvalid, match="active"):
        await put(centre, TYPES, document)
    document["types"].append(gone | {"active": False})
    await put(centre, TYPES, document)
    with pytest.raises(Invalid, match="no longer"):
        await opened(centre, "drunk_person")
    async with centre.command() as work:
        assert (await work.incidents.get(incident.id)).type == "drunk_person"
        assert await work.incidents.open_types() == {"drunk_person"}


async def test_rolling_back_makes_a_new_version_of_the_old_document(centre: Centre) -> None:
    await put(centre, TYPES, with_priority("noise", 2))
    command = rules.RollBackRules(id=new_id(), name=TYPES, version=0, expected_version=1)
    async with centre.command() as work:
        after = await rules.roll_back_rules(work, command, now=at(2), author=DISPATCHER)
    assert (after.version, after.document) == (2, SHIPPED[TYPES])
    assert (await in_force(centre)).types.chosen("noise").priority == 4
    await assert_picture_is_the_fold(centre)


def parsers(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads in which incident types are read from now on."""
    seen: list[threading.Thread] = []
    known = DOCUMENTS[TYPES]

    def parse(value: Any) -> object:
        seen.append(threading.current_thread())
        return known.parse(value)

    monkeypatch.setitem(DOCUMENTS, TYPES, replace(known, parse=parse))
    return seen


async def test_a_document_too_large_is_refused_before_it_is_read(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = parsers(monkeypatch)
    large = {**shipped(TYPES), "more": "x" * rules.DOCUMENT_BYTES_MAX}
    with pytest.raises(Invalid, match="Shorten"):
        await put(centre, TYPES, large)
    async with centre.command() as work:
        with pytest.raises(Invalid, match="Shorten"):
            await rules.check_rules(work, name=TYPES, document=large)
    assert seen == []


async def test_documents_are_read_away_from_the_event_loop(
    sql_centre: SqlCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_force(sql_centre)  # the shipped ones are read once, by whoever comes first
    seen = parsers(monkeypatch)
    document = with_priority("noise", 3)
    document["types"][0]["labels"]["en"] = str(new_id())  # no other test has read this one
    await put(sql_centre, TYPES, document)
    assert (await in_force(sql_centre)).types.chosen("noise").priority == 3
    assert len(seen) == 2
    assert threading.main_thread() not in seen
