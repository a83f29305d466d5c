"""Headers that keep browsers strict, on pages, answers and errors alike; health and metrics."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from ops_center.api import pages, problems
from ops_center.bench.own_centre import OwnCentre
from tests.edges import Staff, problem

EVERYWHERE = (
    "/", "/login", "/console", "/wall", "/field", "/api/v1/session", "/api/v1/nothing", "/nothing",
    "/api/openapi.json", "/api/docs", "/health/live", "/health/ready", "/metrics",
    "/tiles/basemap.pmtiles", "/tiles/zones/0/0/0.mvt",
)  # fmt: skip
OUTSIDE = (
    "/credentials.json", "/../credentials.json", "/assets/../../credentials.json", "//etc/passwd",
    "/assets/%2e%2e/%2e%2e/credentials.json", "/.git/config",
)  # fmt: skip


def policy(text: str) -> dict[str, set[str]]:
    rules = (rule.split() for rule in text.split(";"))
    return {words[0]: set(words[1:]) for words in rules if words}


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_carries_the_strict_headers(staff: Staff, path: str) -> None:
    answer = await staff.stranger.http.get(path)
    rules = policy(answer.headers["content-security-policy"])
    assert rules["default-src"] == {"'self'"}
    assert rules["frame-ancestors"] == {"'none'"}
    assert rules["object-src"] == {"'none'"}
    assert rules["base-uri"] == {"'none'"}
    scripts = rules.get("script-src", rules["default-src"])
    assert not scripts & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] in {"same-origin", "no-referrer"}
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    if path.startswith("/api/"):
        assert "no-store" in answer.headers["cache-control"]


async def test_a_body_too_large_is_refused_with_the_headers_too(staff: Staff) -> None:
    answer = await staff.stranger.http.post("/api/v1/session", content=b"x" * 1_000_001)
    problem(answer, 413)
    assert "content-security-policy" in answer.headers


async def test_other_sites_are_not_allowed_to_ask(staff: Staff) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await staff.stranger.http.options("/api/v1/calls", headers=headers)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_health_says_what_it_is_asked(staff: Staff) -> None:
    assert await staff.stranger.get("/health/live") == {"status": "live"}
    ready = {"status": "ready", "failing": [], "reduced": ["turn-by-turn"]}
    assert await staff.stranger.get("/health/ready") == ready
    metrics = await staff.stranger.ask("GET", "/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "process_cpu_seconds_total" in metrics.text


async def test_files_outside_the_frontend_are_not_served(
    running_centre: OwnCentre, staff: Staff
) -> None:
    assert running_centre.credentials.is_file()
    for path in OUTSIDE:
        answer = await staff.stranger.http.get(path)
        assert answer.status_code == 404
        assert "token" not in answer.text


async def test_the_built_screens_are_served_and_nothing_around_them(tmp_path: Path) -> None:
    built = tmp_path / "frontend"
    (built / "assets").mkdir(parents=True)
    (tmp_path / "credentials.json").write_text("{}")
    for name in ("index.html", "field.html", "icon.svg", "assets/app-1a2b.js"):
        (built / name).write_text(name)
    app = FastAPI()
    problems.install(app)

    @app.get("/api/v1/thing")
    async def thing() -> None: ...

    pages.install(app, built)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for path, file in (
            ("/", "index.html"), ("/console", "index.html"), ("/wall", "index.html"),
            ("/login", "index.html"), ("/field", "field.html"), ("/icon.svg", "icon.svg"),
            ("/assets/app-1a2b.js", "assets/app-1a2b.js"),
        ):  # fmt: skip
            answer = await http.get(path)
            assert (answer.status_code, answer.text) == (200, file)
        assert "immutable" not in (await http.get("/console")).headers["cache-control"]
        hashed = await http.get("/assets/app-1a2b.js")
        assert "immutable" in hashed.headers["cache-control"]
        answer = await http.post("/api/v1/thing")
        problem(answer, 405)
        assert answer.headers["allow"] == "GET"
        for path in (*OUTSIDE, "/assets/nothing.js", "/api/v1/nothing", "/nothing"):
            problem(await http.get(path), 404)
