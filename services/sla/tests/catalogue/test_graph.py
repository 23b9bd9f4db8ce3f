"""Impact and single points of failure, compared with an oracle that fails every node in turn."""

from collections.abc import Collection
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.catalogue.domain.graph import Graph, Need, Node, find_cycle, parse_node, service_node
from sla.catalogue.domain.impact import compute_impact
from sla.catalogue.domain.single_points import fatal_nodes, single_points

ACME = parse_node("environment/acme-prod")
SPARE = parse_node("environment/acme-spare")
BRIGHT = parse_node("environment/bright-prod")
HOST = parse_node("partner/hosthaven")
OWNERS = {"acme-prod": "acme", "acme-spare": "acme", "bright-prod": "bright"}
LEAVES = (ACME, SPARE, BRIGHT, HOST)
SERVICES = "abcdef"


def need(*nodes: Node, at_least: int = 1) -> Need:
    return Need(nodes, at_least)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Each service runs on leaves and on services before it: without cycles."""
    needs = {}
    for number, key in enumerate(SERVICES):
        below = [*LEAVES, *map(service_node, SERVICES[:number])]
        groups = draw(
            st.lists(
                st.lists(st.sampled_from(below), min_size=1, max_size=4, unique=True), max_size=3
            )
        )
        needs[key] = tuple(Need(tuple(group), draw(st.integers(1, len(group)))) for group in groups)
    sold = st.frozensets(st.sampled_from(["acme", "bright"]))
    return Graph(needs, {key: draw(sold) for key in SERVICES}, OWNERS)


def works(graph: Graph, node: Node, failed: Collection[Node], customer: str | None) -> bool:
    """Word for word: what has not failed, and has of every need enough that works."""
    if node in failed:
        return False
    if node.kind != "service":
        return True
    for one in graph.needs[node.key]:
        own = [n for n in one.nodes if _concerns(n, customer)]
        working = [n for n in own if works(graph, n, failed, customer)]
        if own and len(working) < min(one.at_least, len(own)):
            return False
    return True


def is_touched(graph: Graph, node: Node, failed: Collection[Node], customer: str | None) -> bool:
    """Whether anything at all that it rests upon has failed."""
    if node in failed:
        return True
    return node.kind == "service" and any(
        is_touched(graph, n, failed, customer)
        for one in graph.needs[node.key]
        for n in one.nodes
        if _concerns(n, customer)
    )


def _concerns(node: Node, customer: str | None) -> bool:
    return customer is None or OWNERS.get(node.key, customer) == customer


@given(
    graphs(),
    st.sets(st.sampled_from([*LEAVES, *map(service_node, SERVICES)]), min_size=1, max_size=3),
)
def test_what_is_hit_is_what_has_not_enough_left(graph: Graph, failed: set[Node]) -> None:
    hits = {hit.service: hit for hit in compute_impact(graph, failed)}
    for key in SERVICES:
        node, bought = service_node(key), graph.sold_to[key]
        effects = {}
        for customer in bought or [None]:
            if is_touched(graph, node, failed, customer):
                down = not works(graph, node, failed, customer)
                effects[customer] = "down" if down else "degraded"
        assert (key in hits) == bool(effects)
        if effects:
            assert hits[key].effect == ("down" if "down" in effects.values() else "degraded")
            assert dict(hits[key].customers) == (effects if bought else {})
            assert hits[key].path[0] == node
            assert hits[key].path[-1] in failed


@given(graphs(), st.sampled_from([None, "acme", "bright"]))
def test_fatal_is_what_alone_takes_a_service_down(graph: Graph, customer: str | None) -> None:
    found = fatal_nodes(graph, customer)
    for key in SERVICES:
        every = [*LEAVES, *map(service_node, SERVICES)]
        alone = {n for n in every if not works(graph, service_node(key), {n}, customer)}
        assert found[key] == alone


def test_a_stand_by_keeps_a_service_up_and_two_on_one_partner_do_not() -> None:
    doubled = Graph(
        {
            "east": (need(HOST),),
            "west": (need(HOST),),
            "billing": (need(service_node("east"), service_node("west")),),
        },
        {"billing": frozenset({"acme"})},
    )
    (east,) = [
        hit for hit in compute_impact(doubled, {service_node("east")}) if hit.service == "billing"
    ]
    assert (east.effect, dict(east.customers)) == ("degraded", {"acme": "degraded"})
    (weakest, *_) = single_points(doubled)
    assert (weakest.node, weakest.services, weakest.customers) == (
        HOST,
        ("billing", "east", "west"),
        ("acme",),
    )
    assert [one.node for one in single_points(doubled)] == [HOST]


def test_the_environment_of_one_customer_is_nothing_to_another() -> None:
    graph = Graph(
        {"billing": (need(ACME), need(BRIGHT))}, {"billing": frozenset({"acme", "bright"})}, OWNERS
    )
    (hit,) = compute_impact(graph, {ACME})
    assert dict(hit.customers) == {"acme": "down"}
    assert graph.below("billing", "bright") == {BRIGHT}


def test_a_cycle_is_named_in_the_order_in_which_it_runs() -> None:
    needs = {
        "a": (need(service_node("b")),),
        "b": (need(HOST, service_node("c")),),
        "c": (need(service_node("a")),),
    }
    found = find_cycle(needs)
    assert found is not None
    assert found[0] == found[-1]
    for one, next_one in pairwise(found):
        assert service_node(next_one) in {n for each in needs[one] for n in each.nodes}
    assert find_cycle({"a": (need(service_node("a")),)}) == ("a", "a")
    assert find_cycle({"a": (need(service_node("b")),), "b": ()}) is None


@pytest.mark.parametrize("written", ["", "acme-prod", "environment/", "cloud/acme", "/acme"])
def test_a_node_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write it like environment/acme-prod"):
        parse_node(written)
