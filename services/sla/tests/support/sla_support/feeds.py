"""iCalendar feeds for tests."""


def feed(*events: str, before: str = "") -> bytes:
    """A feed of events, each given by its lines; `before` stands ahead of them."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *before.strip().splitlines()]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
