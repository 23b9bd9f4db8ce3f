"""The console's time moves with that of the services, for pages count from it."""

from common.persistence.database import Database
from common.simulated_time.routes import routes
from console.app import SERVICE
from console.settings import ConsoleSettings
from opsdesk_testing.client import app_for, client


async def test_the_simulated_time_is_there_although_the_last_route_takes_every_path(
    database: Database, settings: ConsoleSettings
) -> None:
    app = app_for(SERVICE, database, routes, settings=settings)
    async with client(app, "theo") as http:
        moved = await http.post("/v1/simulated-time", json={"at": "2026-03-02T10:00:00Z"})
        assert moved.status_code == 200
        assert (await http.get("/v1/nothing")).status_code == 404
    async with client(app, None) as nobody:
        assert (await nobody.get("/v1/simulated-time")).status_code == 401
