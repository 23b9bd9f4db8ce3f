import pytest

from delivery_gate_support.gate_client import GateClient, digest


async def test_a_name_is_bound_for_ever(gate: GateClient) -> None:
    """G1."""
    first = await gate.register_version("1.4.0", "1")
    same = {"product": "billing", "name": "1.4.0", "digest": digest("1")}
    assert (await gate.post_ok("pipeline", "versions", same))["id"] == first["id"]
    other = await gate.post("pipeline", "versions", same | {"digest": digest("2")})
    assert (other.status_code, other.json()["code"]) == (409, "VERSION_CONFLICT")
    assert other.json()["type"] == "urn:opsdesk:error:version-conflict"
    assert (await gate.get_ok("quin", "versions/billing:1.4.0"))["digest"] == digest("1")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "latest"}, "MUTABLE_REFERENCE"),
        ({"name": ""}, "MUTABLE_REFERENCE"),
        ({"digest": "sha1:abc"}, "UNVERSIONED"),
        ({"digest": digest("1").upper()}, "UNVERSIONED"),
    ],
)
async def test_moving_tags_and_odd_digests_are_no_versions(
    gate: GateClient, change: dict[str, str], code: str
) -> None:
    """G1."""
    await gate.post("pipeline", "products", {"key": "billing", "name": "Billing"})
    wanted = {"product": "billing", "name": "1.4.0", "digest": digest("1")}
    answer = await gate.post("pipeline", "versions", wanted | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await gate.get_ok("quin", "versions"))["items"] == []


async def test_what_is_unknown_is_said_with_its_place(gate: GateClient) -> None:
    wanted = {"product": "billing", "name": "1.4.0", "digest": digest("1")}
    answer = await gate.post("pipeline", "versions", wanted)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/product"]
    await gate.post("pipeline", "products", {"key": "billing", "name": "Billing"})
    answer = await gate.post("pipeline", "versions", wanted | {"contains": ["EMC-7"]})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/contains/0"]
    assert (await gate.post("pipeline", "versions/billing:9/checks", {})).status_code == 422
    run = {"checks": [{"kind": "regression_test", "result": "passed"}]}
    assert (await gate.post("pipeline", "versions/billing:9/checks", run)).status_code == 404


async def test_lists_page_without_gap_or_repeat(gate: GateClient) -> None:
    for number in range(5):
        await gate.register_version(f"1.{number}", str(number), checked=False)
    seen: list[str] = []
    path = "versions?limit=2&product=billing"
    page = await gate.get_ok("quin", path)
    while True:
        seen += [one["name"] for one in page["items"]]
        if page["next"] is None:
            break
        page = await gate.get_ok("quin", f"{path}&cursor={page['next']}")
    assert seen == ["1.4", "1.3", "1.2", "1.1", "1.0"]
