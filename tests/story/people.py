"""The people of a story: each with an account at the HTTP edge and a console that follows."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from ops_center.bench.own_centre import OwnCentre
from ops_center.simulator.centre import Centre
from ops_center.simulator.following import Following
from ops_center.simulator.screen import Screen

SEEN_WITHIN_S = 10.0
ROLES = ("admin", "machine", "call_taker", "dispatcher", "wall_operator", "responder", "auditor")


@dataclass(frozen=True)
class Person:
    role: str
    http: Centre
    screen: Screen

    async def get(self, path: str, **query: Any) -> Any:
        return await self.http.get(path, patience_s=SEEN_WITHIN_S, **query)

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return await self.http.post(path, body, patience_s=SEEN_WITHIN_S, **more)

    async def sees(self, true: Callable[[Following], Any]) -> Any:
        """Wait until it is true of this person's screen and return what it found."""
        await self.screen.until(lambda following: bool(true(following)), within_s=SEEN_WITHIN_S)
        return true(self.screen.following)

    def shown(self, section: str, key: str) -> Any:
        return self.screen.following.picture[section].get(key)


@dataclass(frozen=True)
class People:
    admin: Person
    machine: Person
    call_taker: Person
    dispatcher: Person
    wall_operator: Person
    responder: Person
    auditor: Person

    @property
    def all(self) -> tuple[Person, ...]:
        return tuple(getattr(self, role) for role in ROLES)

    async def everybody_at(self, seq: int) -> None:
        for person in self.all:
            await person.sees(lambda f: f.seq is not None and f.seq >= seq)


@asynccontextmanager
async def people_of(centre: OwnCentre) -> AsyncIterator[People]:
    async with AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        people = {}
        for role in ROLES:
            token = centre.token(role)
            http = await stack.enter_async_context(Centre(centre.url, token, rng=random.Random(1)))
            screen = Screen(http.socket_url, token, rng=random.Random(1))
            people[role] = Person(role, http, screen)
        running = [tasks.create_task(person.screen.run()) for person in people.values()]
        for person in people.values():
            await person.sees(lambda f: f.seq is not None)
        try:
            yield People(**people)
        finally:
            for task in running:
                task.cancel()
