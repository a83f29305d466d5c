"""Rule documents: read by who works with incidents, edited by supervisors, rolled back at once."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse

from dispatch.domain.rules.ruleset import DOCUMENTS, RuleVersion
from dispatch.domain.wire import JsonObject, to_json
from dispatch.services import rules as acts
from ops_center.api.deps import (
    Commands,
    Doing,
    NeededVersion,
    Reading,
    Services,
    problems,
    requires,
)
from ops_center.api.rule_shapes import (
    RuleDocumentOut,
    RulesCheckedOut,
    RulesCheckIn,
    RulesIn,
    RulesOut,
    RulesRollBackIn,
)
from ops_center.api.sight import require_whole_sight
from ops_center.auth.model import Actor, Permission

router = APIRouter(prefix="/rules", tags=["rules"])

Reader = Annotated[Actor, Depends(requires(Permission.INCIDENTS_READ))]
Writer = Annotated[Actor, Depends(requires(Permission.RULES_WRITE))]
Name = Annotated[str, Path(max_length=48, description="One of those that GET /rules lists.")]
WRITE = Permission.RULES_WRITE
ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": RuleDocumentOut}}


@router.get("", responses={200: {"model": RulesOut}, **problems()})
async def list_rules(reader: Reader, connection: Reading, services: Services) -> JSONResponse:
    """Return which rule documents there are and which version of each is in force."""
    store = services.work(connection).rules
    return JSONResponse({"items": [_line(await store.at(name)) for name in DOCUMENTS]})


@router.get("/{name}", responses={**ANSWER, **problems(404)})
async def show_rules(
    name: Name, reader: Reader, connection: Reading, services: Services
) -> JSONResponse:
    """Return the document in force; its ETag is what PUT takes as If-Match."""
    found = await services.work(connection).rules.at(name)
    return JSONResponse(_whole(found), headers={"ETag": f'"{found.version}"'})


@router.get("/{name}/versions", responses={200: {"model": RulesOut}, **problems(404)})
async def list_versions(
    name: Name, reader: Reader, connection: Reading, services: Services
) -> JSONResponse:
    """Return who changed it when, newest first; the last is the shipped document, version 0."""
    found = await services.work(connection).rules.versions(name)
    return JSONResponse({"items": [_line(one) for one in found]})


@router.get("/{name}/versions/{version}", responses={**ANSWER, **problems(404)})
async def show_version(
    name: Name,
    version: Annotated[int, Path(ge=0, le=2**31 - 1)],
    reader: Reader,
    connection: Reading,
    services: Services,
) -> JSONResponse:
    """Return the document as it was in that version."""
    return JSONResponse(_whole(await services.work(connection).rules.at(name, version)))


@router.put("/{name}", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def put_rules(
    name: Name, body: RulesIn, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Put a document in force for everybody, or refuse it with every reason at once."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        command = acts.PutRules(
            id=doing.id,
            name=name,
            document=body.document,
            expected_version=version,
            summary=body.summary,
        )
        return _whole(await acts.put_rules(doing.work, command, now=doing.now, author=doing.author))

    return await commands.run(WRITE, do)


@router.post("/{name}/check", responses={200: {"model": RulesCheckedOut}, **problems(404)})
async def check_rules(
    name: Name, body: RulesCheckIn, writer: Writer, connection: Reading, services: Services
) -> JSONResponse:
    """Return what PUT would refuse the document for, and change nothing."""
    work = services.work(connection)
    faults = await acts.check_rules(work, name=name, document=body.document)
    errors = [{"path": one.path, "message": one.message} for one in faults]
    return JSONResponse({"valid": not errors, "errors": errors})


@router.post("/{name}/rollback", responses={**ANSWER, **problems(404, 409, 412, 428)})
async def roll_back(
    name: Name, body: RulesRollBackIn, version: NeededVersion, commands: Commands
) -> JSONResponse:
    """Put an old version in force again, as a new one; 0 is the shipped document."""

    async def do(doing: Doing) -> Any:
        require_whole_sight(doing.actor)
        command = acts.RollBackRules(
            id=doing.id, name=name, version=body.version, expected_version=version
        )
        return _whole(
            await acts.roll_back_rules(doing.work, command, now=doing.now, author=doing.author)
        )

    return await commands.run(WRITE, do)


def _line(version: RuleVersion) -> JsonObject:
    names = ("name", "version", "summary", "changed_at", "changed_by")
    return {name: to_json(getattr(version, name)) for name in names}


def _whole(version: RuleVersion) -> JsonObject:
    return {**_line(version), "document": version.document}
