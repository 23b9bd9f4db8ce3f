"""What docs/integrate/pipelines.md says to run runs, from the registration to the verified delivery."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from common.http.guarded_protocol import ConnectionBounds
from delivery_gate_support.gate_client import GateClient, digest
from opsdesk_testing.integration_docs import blocks, run_script
from opsdesk_testing.raw_http import bounded_server
from opsdesk_testing.tokens import token
from opsdesk_testing.waiting import until

SCOPES = "versions:write checks:write deliveries:write"
BLOCKS = blocks("pipelines")
WHOLE = "".join(one.script for one in BLOCKS if one.name == "pipeline")
(AGENT,) = (one.script for one in BLOCKS if one.name == "agent")


@pytest.fixture
async def environment(gate: GateClient) -> AsyncIterator[Mapping[str, str]]:
    """The variables that the page expects, with a gate behind them that knows the product."""
    await gate.post_ok("pipeline", "products", {"key": "billing", "name": "Billing"})
    async with bounded_server(ConnectionBounds(20), gate.app) as port:
        yield {
            "GATE": f"http://127.0.0.1:{port}",
            "TOKEN": token("pipeline", scope=SCOPES, roles=[]),
            "AGENT_TOKEN": token("agent", scope="environments:report", roles=[]),
            "PRODUCT": "billing",
            "VERSION": "1.5.0",
            "DIGEST": digest("5"),
            "ENVIRONMENT": "acme-staging",
            "RUN": "4711",
            "PAUSE": "0.1",
        }


async def approve_once_submitted(gate: GateClient) -> None:
    """A person approves what waits for them."""

    async def is_in_review() -> bool:
        page = await gate.get_ok("anna", "deliveries?state=in_review")
        return bool(page["items"])

    await until(is_in_review)
    (delivery,) = (await gate.get_ok("anna", "deliveries?state=in_review"))["items"]
    await gate.approve(delivery["key"], "anna")


async def test_a_pipeline_brings_a_version_to_an_environment(
    gate: GateClient, environment: Mapping[str, str]
) -> None:
    printed, _ = await asyncio.gather(run_script(WHOLE, environment), approve_once_submitted(gate))
    assert printed.splitlines()[-1] == "delivered"
    (delivery,) = (await gate.get_ok("anna", "deliveries"))["items"]
    assert (delivery["version"], delivery["digest"]) == ("1.5.0", digest("5"))
    # The agent, which sees what runs there.
    assert '"drift' in await run_script(AGENT, environment)


async def test_the_same_run_again_submits_nothing_twice(
    gate: GateClient, environment: Mapping[str, str]
) -> None:
    await asyncio.gather(run_script(WHOLE, environment), approve_once_submitted(gate))
    with pytest.raises(AssertionError, match="is delivered"):
        await run_script(WHOLE, environment)
    assert len((await gate.get_ok("anna", "deliveries"))["items"]) == 1


async def test_a_refusal_ends_the_pipeline_and_says_why(
    gate: GateClient, environment: Mapping[str, str]
) -> None:
    failed = WHOLE.replace(
        'regression_test\\", \\"result\\": \\"passed', 'regression_test\\", \\"result\\": \\"failed'
    )
    assert failed != WHOLE
    with pytest.raises(AssertionError) as ended:
        await run_script(failed, environment)
    assert "is refused" in str(ended.value)
    assert "CHECK_FAILED" in str(ended.value)


async def test_a_version_that_never_was_verified_before_is_not_taken_to_production(
    gate: GateClient, environment: Mapping[str, str]
) -> None:
    with pytest.raises(AssertionError, match="PROMOTION_SKIPPED"):
        await run_script(WHOLE, {**environment, "ENVIRONMENT": "acme-prod"})
