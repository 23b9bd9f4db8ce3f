"""`opsdesk improvements list | plan | finish | verify`: requests and output (R9)."""

from opsdesk_support.terminal import Terminal, page_of

OWED = {
    "key": "MON-1",
    "ticket": "OPS-7",
    "cause": "found_by_customer",
    "state": "owed",
    "owner": None,
    "due_at": "2026-06-15T07:00:00Z",
    "task": None,
}
ADDRESS = "/v1/monitoring-improvements"


def test_what_is_owed_is_listed(terminal: Terminal) -> None:
    terminal.services.responses[f"GET {ADDRESS}"] = page_of(OWED)
    output = terminal("improvements", "list")
    assert "MON-1" in output
    assert "found_by_customer" in output
    terminal("improvements", "list", "--all")
    assert [query for _, _, query in terminal.services.requests] == [{"open": "true"}, {}]


def test_each_step_says_how_far_it_is(terminal: Terminal) -> None:
    steps = {"plan": "planned", "finish": "done", "verify": "verified"}
    for step, state in steps.items():
        terminal.services.responses[f"POST {ADDRESS}/MON-1/{step}"] = OWED | {"state": state}
    planned = ("--owner", "sven", "--task", "Alert on it", "--criterion", "It alerts")
    assert "MON-1 for OPS-7 is planned." in terminal("improvements", "plan", "MON-1", *planned)
    assert "is done." in terminal("improvements", "finish", "MON-1", "MR 17")
    assert "is verified." in terminal("improvements", "verify", "MON-1")
    assert terminal.services.requests[0][2] == {
        "owner": "sven",
        "task": "Alert on it",
        "criterion": "It alerts",
    }
    assert terminal.services.requests[-1][2] == {"agree": True}
