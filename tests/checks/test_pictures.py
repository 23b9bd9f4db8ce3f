"""Every route of a picture takes the theme of the page on which it is shown."""

from common.http import create_app
from tests.contracts.operations import MODULES, service_of


def test_every_picture_is_drawn_for_light_and_dark_ground() -> None:
    without, found = [], 0
    for module in MODULES:
        paths = create_app(service_of(module)).openapi()["paths"]
        for path, methods in paths.items():
            if path.endswith(".svg"):
                found += 1
                named = {one["name"] for one in methods["get"]["parameters"]}
                without += [] if "theme" in named else [path]
    assert found >= 7
    assert without == []
