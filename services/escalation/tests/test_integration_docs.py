"""What docs/integrate says to ask escalation runs, with curl against a served one."""

from fastapi import FastAPI
from httpx import AsyncClient

from common.http.guarded_protocol import ConnectionBounds
from escalation_support.http_setup import ROTA
from opsdesk_testing.integration_docs import blocks, run_script
from opsdesk_testing.raw_http import bounded_server
from opsdesk_testing.tokens import token

(ON_CALL,) = (one.script for one in blocks("gateway") if one.name == "oncall")


async def test_a_telephone_system_asks_who_is_on_call(app: FastAPI, theo: AsyncClient) -> None:
    await theo.post("/v1/rotas", json=ROTA)
    async with bounded_server(ConnectionBounds(20), app) as port:
        environment = {
            "ESCALATION": f"http://127.0.0.1:{port}",
            "TOKEN": token("pbx", scope="callers:read", roles=[]),
        }
        assert '"callable"' in await run_script(ON_CALL, environment)
