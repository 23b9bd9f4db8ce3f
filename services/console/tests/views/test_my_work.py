"""A row of My work is called by what people say aloud."""

from datetime import UTC, datetime

from common.domain.console_pages import page_of
from console.upstream.part import Here
from console.work.view import my_work
from console_support.notices import waiting_row

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ID = "0190a000-0000-7000-8000-0000000000e9"


def test_an_id_is_no_name() -> None:
    rows = [
        waiting_row("handle_mail", ID, "emails"),
        waiting_row("send_notice", "NTC-2", "notices"),
    ]
    waiting = Here({"items": rows, "counts": {}, "next": None}, NOON)
    parts = {"queue": Here({"items": [], "next": None}, NOON), "intake": waiting}
    work = my_work(parts, "anna", NOON, page_of)
    found = {row.path: row.key for group in work.groups for row in group.rows}
    assert found == {f"/mails/{ID}": None, "/notices/NTC-2": "NTC-2"}
