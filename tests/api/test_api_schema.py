"""The OpenAPI is complete, and the running centre keeps to it whatever is sent (schemathesis)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from ops_center.bench.own_centre import OwnCentre
from tests.edges import World, people_of

EXAMPLES = int(os.environ.get("OPS_SCHEMA_EXAMPLES", "6"))
# A 500 stands in no answer of the schema, so the first check finds it.
CHECKS: list[CheckFunction] = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
NEGATIVE_CHECKS = [*CHECKS, negative_data_rejection]
# Where something that the schema does not allow is accepted on purpose.
LENIENT = {
    "POST /api/v1/units/{unit_id}/locations",  # each fix is judged by itself
    "GET /api/v1/geocode",  # an empty lon or lat counts as none
    "POST /api/v1/locations/aml",  # senders that cannot be told are always answered 2xx
    "POST /api/v1/locations/sms",
}


@pytest.fixture(scope="module")
def schema(running_centre: OwnCentre) -> schemathesis.BaseSchema:
    load_all_checks()
    schemathesis.serializer.alias("application/sdp", "text/plain")
    schemathesis.serializer.alias("application/pidf+xml", "text/plain")
    return schemathesis.openapi.from_url(f"{running_centre.url}/api/openapi.json")


def operations(schema: Any) -> Iterator[Any]:
    for result in schema.get_all_operations():
        yield result.ok()


def known_ids(operation: Any, world: World) -> dict[str, str]:
    """Ids of things that exist, so that more than 404 is reached."""
    ids = {f"{word}_id": identity for word, identity in world.ids.items()}
    names = {one.name for one in operation.path_parameters}
    return {name: value for name, value in ids.items() if name in names}


def try_out(
    operation: Any,
    mode: GenerationMode,
    key: str,
    checks: list[CheckFunction],
    *,
    examples: int = EXAMPLES,
    **fixed: Any,
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def one(case: Any) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        answer = case.call(headers=headers, timeout=20)
        case.validate_response(answer, checks=checks, headers=headers)

    one()


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
@pytest.mark.parametrize("role", ["dispatcher", "admin"])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda one: one.value)
def test_every_answer_is_as_the_schema_says(
    running_centre: OwnCentre,
    schema: schemathesis.BaseSchema,
    disposable_world: World,
    role: str,
    mode: GenerationMode,
) -> None:
    key = people_of(running_centre)[role]["token"]
    positive = mode is GenerationMode.POSITIVE
    wrong: list[str] = []
    for operation in operations(schema):
        fixed: dict[str, Any] = (
            {"path_parameters": known_ids(operation, disposable_world)} if positive else {}
        )
        try:
            lenient = positive or operation.label in LENIENT
            try_out(operation, mode, key, CHECKS if lenient else NEGATIVE_CHECKS, **fixed)
        except FailureGroup as group:
            wrong += [f"{operation.label}: {one}" for one in group.exceptions]
        except Unsatisfiable:
            assert not positive, operation.label  # nothing to get wrong: it takes nothing
    assert wrong == []


def test_methods_that_are_not_there_are_refused_as_such(
    running_centre: OwnCentre, schema: schemathesis.BaseSchema
) -> None:
    key = people_of(running_centre)["admin"]["token"]
    wrong: list[str] = []
    for operation in operations(schema):
        try:
            try_out(operation, GenerationMode.POSITIVE, key, [unsupported_method], examples=1)
        except FailureGroup as group:
            wrong += [f"{operation.label}: {one}" for one in group.exceptions]
    assert wrong == []


def test_every_operation_is_described_wholly(schema: schemathesis.BaseSchema) -> None:
    raw: Any = schema.raw_schema
    assert set(raw["components"]["securitySchemes"]) == {"session", "key"}
    assert raw["security"]
    for path, methods in raw["paths"].items():
        for method, operation in methods.items():
            where = f"{method.upper()} {path}"
            told = set(operation["responses"])
            assert operation.get("summary"), where
            assert operation.get("description"), where
            assert operation.get("tags"), where
            good = [code for code in operation["responses"] if code.startswith("2")]
            assert good, where
            always_good = path.endswith(("/locations/aml", "/locations/sms"))
            if path.startswith("/api/v1"):
                public = operation.get("security") == []
                assert always_good or told >= {"400", "422", "429", "503"}, where
                assert public or told >= {"401", "403"}, where
                assert ("404" in told) or "{" not in path, where
            if method in {"post", "patch"} and path.startswith("/api/v1") and "whep" not in path:
                names = {one["name"].lower() for one in operation.get("parameters", ())}
                # These ask: what they ask about does not fit into a query.
                exempt = always_good or path.endswith(
                    ("/session", "/locations", "/travel-times", "/look", "/check")
                )
                assert exempt or "idempotency-key" in names, where
                assert exempt or "409" in told, where
