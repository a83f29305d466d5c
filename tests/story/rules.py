"""How a story's supervisor edits the rules: read, change, put, and put back in the end."""

import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from ops_center.bench.own_centre import OwnCentre
from ops_center.simulator.centre import API

WITHIN_S = 10.0


class Supervisor:
    """The HTTP of a supervisor, answers as they are: refusals are part of the story."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(f"{API}{path}")

    async def put(self, name: str, document: Any, version: int) -> httpx.Response:
        body = {"document": document, "summary": "historia"}
        headers = {"If-Match": f'"{version}"'}
        return await self.http.put(f"{API}/rules/{name}", json=body, headers=headers)

    async def check(self, name: str, document: Any) -> Any:
        answer = await self.http.post(f"{API}/rules/{name}/check", json={"document": document})
        return answer.json()

    async def roll_back(self, name: str, to: int) -> httpx.Response:
        present = (await self.get(f"/rules/{name}")).json()["version"]
        headers = {"If-Match": f'"{present}"'}
        body = {"version": to}
        return await self.http.post(f"{API}/rules/{name}/rollback", json=body, headers=headers)

    @asynccontextmanager
    async def edited(self, name: str, edit: Callable[[Any], Any]) -> AsyncIterator[dict[str, Any]]:
        """Put the document as `edit` changes it; the one of before comes back in the end."""
        before = (await self.get(f"/rules/{name}")).json()
        document = copy.deepcopy(before["document"])
        edit(document)
        answer = await self.put(name, document, before["version"])
        assert answer.status_code == 200, answer.text
        try:
            yield answer.json()
        finally:
            assert (await self.roll_back(name, before["version"])).status_code == 200


@asynccontextmanager
async def supervisor_of(centre: OwnCentre) -> AsyncIterator[Supervisor]:
    headers = {"Authorization": f"Bearer {centre.token('supervisor')}"}
    async with httpx.AsyncClient(
        base_url=centre.url, headers=headers, timeout=WITHIN_S, trust_env=False
    ) as http:
        yield Supervisor(http)
