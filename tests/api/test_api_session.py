"""Signing in and out over HTTP: cookies, CSRF, lockout, and the end of a session's socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from ops_center.app import create_app
from ops_center.auth import service
from ops_center.auth.model import ROLE_PERMISSIONS, SESSION_LENGTH, Role
from ops_center.auth.recognise import COOKIE
from ops_center.bench.own_centre import OwnCentre
from ops_center.bootstrap import open_centre
from ops_center.kernel.clock import SystemClock
from ops_center.settings import Settings
from tests.consoles import console_of
from tests.edges import API, PASSWORD, Asker, Staff, asker, good, make_account, people_of, problem

CLOSED_WITHIN_S = 5.0


async def sign_in(who: Asker, username: str, password: str = PASSWORD) -> httpx.Response:
    return await who.ask("POST", "/session", {"username": username, "password": password})


@asynccontextmanager
async def browser(centre: OwnCentre, username: str, password: str) -> AsyncIterator[Asker]:
    """A person with a cookie and the CSRF token that belongs to it."""
    async with asker(centre, username) as who:
        session = good(await sign_in(who, username, password))
        who.key = session["csrf_token"]
        yield who


@asynccontextmanager
async def dispatcher_browser(centre: OwnCentre) -> AsyncIterator[Asker]:
    one = people_of(centre)["dispatcher"]
    async with browser(centre, one["username"], one["password"]) as who:
        yield who


async def test_a_session_says_who_one_is_and_what_one_may(running_centre: OwnCentre) -> None:
    one = people_of(running_centre)["dispatcher"]
    async with asker(running_centre, "") as who:
        answer = await sign_in(who, one["username"], one["password"])
        assert answer.status_code == 201
        session = answer.json()
        assert set(session) == {"user", "permissions", "csrf_token", "expires_at"}
        assert set(session["user"]) >= {
            "id", "username", "display_name", "roles", "agency", "unit_id"
        }  # fmt: skip
        assert session["user"]["roles"] == ["dispatcher"]
        assert session["permissions"] == sorted(ROLE_PERMISSIONS[Role.DISPATCHER])
        assert session["expires_at"].endswith("Z")
        assert await who.get("/session") == session


async def test_the_cookie_is_kept_from_scripts_and_other_sites(running_centre: OwnCentre) -> None:
    one = people_of(running_centre)["dispatcher"]
    async with asker(running_centre, "") as who:
        answer = await sign_in(who, one["username"], one["password"])
    words = {word.strip().lower() for word in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=strict", "path=/"} <= words
    assert answer.cookies[COOKIE] not in answer.text


async def test_the_cookie_is_secure_where_the_centre_says_so(running_centre: OwnCentre) -> None:
    one = people_of(running_centre)["dispatcher"]
    async with inside(running_centre, secure_cookies=True) as http:
        body = {"username": one["username"], "password": one["password"]}
        answer = await http.post(f"{API}/session", json=body)
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_a_cookie_changes_nothing_without_the_csrf_token(
    running_centre: OwnCentre, staff: Staff
) -> None:
    body = {"source": "phone"}
    async with dispatcher_browser(running_centre) as who:
        before = await staff.written()
        for token in (None, "", "wrong", who.key + "x", "ñ", "x" * 5_000):
            headers = [] if token is None else [(b"X-CSRF-Token", token.encode("latin-1"))]
            answer = await who.http.post(f"{API}/calls", json=body, headers=headers)
            problem(answer, 403, "csrf")
        assert await staff.written() == before
        assert (await who.ask("GET", "/calls")).is_success
        call = await who.post("/calls", body, headers={"X-CSRF-Token": who.key})
        assert call["state"] == "waiting"


async def test_the_csrf_token_of_another_session_does_not_count(running_centre: OwnCentre) -> None:
    async with dispatcher_browser(running_centre) as one, dispatcher_browser(running_centre) as two:
        assert one.key != two.key
        headers = {"X-CSRF-Token": two.key}
        problem(await one.ask("POST", "/calls", {"source": "phone"}, headers=headers), 403, "csrf")


async def test_an_api_key_needs_no_csrf_token(staff: Staff) -> None:
    call = await staff.dispatcher.post("/calls", {"source": "phone"})
    assert call["number"]


async def test_a_cookie_beside_a_wrong_key_is_not_used(running_centre: OwnCentre) -> None:
    async with dispatcher_browser(running_centre) as who:
        answer = await who.ask("GET", "/session", headers={"Authorization": "Bearer nonsense"})
        problem(answer, 401, "unauthenticated")


async def test_a_form_of_another_site_cannot_sign_anybody_in(running_centre: OwnCentre) -> None:
    one = people_of(running_centre)["dispatcher"]
    body = f'{{"username":"{one["username"]}","password":"{one["password"]}"}}'
    async with asker(running_centre, "") as who:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            answer = await who.ask("POST", "/session", body, headers={"Content-Type": kind})
            problem(answer, (415, 422))
            assert "set-cookie" not in answer.headers


async def test_both_wrong_names_and_wrong_passwords_are_answered_alike(
    running_centre: OwnCentre, staff: Staff
) -> None:
    name, _ = await make_account(staff.database, Role.DISPATCHER, "CENTRO")
    async with asker(running_centre, "") as who:
        wrong = problem(await sign_in(who, name, "not it at all"), 401, "wrong-credentials")
        unknown = problem(await sign_in(who, "nobody-here", "not it"), 401, "wrong-credentials")
    assert wrong == unknown


async def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(
    running_centre: OwnCentre, staff: Staff
) -> None:
    name, key = await make_account(staff.database, Role.DISPATCHER, "CENTRO")
    async with asker(running_centre, "") as who:
        for _ in range(5):
            problem(await sign_in(who, name, "wrong password"), 401, "wrong-credentials")
        locked = await sign_in(who, name)
        body = problem(locked, 429, "locked")
        assert "set-cookie" not in locked.headers
        assert int(locked.headers["retry-after"]) > 60
        assert body["retry_at"]
    async with asker(running_centre, name, key) as machine:
        assert (await machine.get("/session"))["user"]["username"] == name
    query = {"from": "2020-01-01T00:00:00Z", "to": "2200-01-01T00:00:00Z", "limit": 1000}
    history = await staff.own_auditor.get("/history", query={**query, "kind": "session.refused"})
    mine = [e["data"]["cause"] for e in history["items"] if e["data"]["username"] == name]
    assert mine == ["wrong-credentials"] * 5 + ["locked"]


async def test_a_good_sign_in_forgets_the_failures_before_it(
    running_centre: OwnCentre, staff: Staff
) -> None:
    name, _ = await make_account(staff.database, Role.DISPATCHER, "CENTRO")
    async with asker(running_centre, "") as who:
        for _ in range(2):
            for _ in range(4):
                problem(await sign_in(who, name, "wrong password"), 401)
            assert (await sign_in(who, name)).status_code == 201


async def test_parallel_guesses_count_one_by_one(running_centre: OwnCentre, staff: Staff) -> None:
    name, _ = await make_account(staff.database, Role.DISPATCHER, "CENTRO")
    async with asker(running_centre, "") as who:
        guesses = [sign_in(who, name, f"guess number {n}") for n in range(8)]
        answers = await asyncio.gather(*guesses)
    assert sorted(one.status_code for one in answers) == [401] * 5 + [429] * 3


async def test_many_sign_ins_of_one_address_are_slowed_down(running_centre: OwnCentre) -> None:
    body = {"username": "nobody-here", "password": "wrong password"}
    async with inside(running_centre, sign_ins_per_minute=3) as http:
        answers = [await http.post(f"{API}/session", json=body) for _ in range(5)]
    assert [one.status_code for one in answers] == [401, 401, 401, 429, 429]
    limited = problem(answers[-1], 429, "too-many")
    assert limited["retry_after_s"] > 0
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_one_key_is_slowed_down_beyond_its_rate(
    running_centre: OwnCentre, staff: Staff
) -> None:
    async with inside(running_centre, rate_per_s=2) as http:
        asked = [http.get(f"{API}/session", headers=staff.machine.bearer) for _ in range(12)]
        answers = await asyncio.gather(*asked)
        codes = [one.status_code for one in answers]
        assert codes.count(429) >= 6
        assert codes.count(200) >= 4
        other = await http.get(f"{API}/session", headers=staff.dispatcher.bearer)
        assert other.status_code == 200


async def test_signing_out_ends_the_session_everywhere(running_centre: OwnCentre) -> None:
    async with dispatcher_browser(running_centre) as who:
        cookie = who.http.cookies[COOKIE]
        headers = {"X-CSRF-Token": who.key}
        answer = await who.ask("DELETE", "/session", headers=headers)
        assert answer.status_code == 204
        assert 'ops_session=""' in answer.headers["set-cookie"]
    async with asker(running_centre, "thief") as thief:
        stolen = {"Cookie": f"{COOKIE}={cookie}"}
        problem(await thief.ask("GET", "/session", headers=stolen), 401, "unauthenticated")


async def test_signing_out_closes_the_socket_of_the_session(running_centre: OwnCentre) -> None:
    async with (
        dispatcher_browser(running_centre) as who,
        console_of(running_centre, cookie=who.http.cookies[COOKIE]) as console,
    ):
        await console.next("snapshot")
        good(await who.ask("DELETE", "/session", headers={"X-CSRF-Token": who.key}))
        assert await console.code(within_s=CLOSED_WITHIN_S) == 4401
        assert console.frames[-1] == {"type": "bye", "reason": "expired"}


async def test_a_new_password_ends_the_sessions_of_the_old_one(
    running_centre: OwnCentre, staff: Staff
) -> None:
    name, _ = await make_account(staff.database, Role.DISPATCHER, "CENTRO")
    async with browser(running_centre, name, PASSWORD) as who:
        assert (await who.ask("GET", "/session")).is_success
        await make_account(staff.database, Role.DISPATCHER, "CENTRO", username=name)
        await asyncio.sleep(2.1)  # what is remembered of a cookie, by design
        problem(await who.ask("GET", "/session"), 401)


async def test_an_ended_session_is_not_recognised(running_centre: OwnCentre, staff: Staff) -> None:
    name, _ = await make_account(staff.database, Role.DISPATCHER, "CENTRO")
    async with browser(running_centre, name, PASSWORD) as who:
        token = who.http.cookies[COOKIE]
    async with staff.database.reading() as connection:
        now = SystemClock().now()
        assert await service.by_session(connection, token, now=now) is not None
        later = now + SESSION_LENGTH
        assert await service.by_session(connection, token, now=later) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "despacho"},
        {"username": "", "password": "x"},
        {"username": "x" * 65, "password": "x"},
        {"username": "despacho", "password": "x" * 300},
        {"username": ["despacho"], "password": "x"},
        {"username": "despacho", "password": "x", "roles": ["admin"]},
        {"username": "despacho\x00", "password": "x"},
        {"username": "\ud800", "password": "x"},
        [],
        None,
    ],
)
async def test_a_malformed_sign_in_is_refused(staff: Staff, body: Any) -> None:
    before = await staff.written()
    answer = await staff.stranger.ask("POST", "/session", json.dumps(body))
    problem(answer, (401, 422))
    if answer.status_code == 422:
        assert await staff.written() == before


@asynccontextmanager
async def inside(centre: OwnCentre, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A second web process with other limits, on the same database, in this very process."""
    chosen = Settings(
        data_dir=centre.data, database_url=centre.database.url, worker_secret="x" * 32, **settings
    )
    async with open_centre(chosen) as opened:
        transport = httpx.ASGITransport(create_app(opened))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield http
