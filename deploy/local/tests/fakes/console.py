"""See stand_in."""

import runpy

runpy.run_module("stand_in", run_name="__main__")
