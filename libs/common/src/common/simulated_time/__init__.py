"""Simulated time: for the demo and for tests, refused in production."""

from common.simulated_time.advance import NotSettled, ServiceState, advance
from common.simulated_time.function import TimeMode, install_now_function, installed_time_mode

__all__ = [
    "NotSettled",
    "ServiceState",
    "TimeMode",
    "advance",
    "install_now_function",
    "installed_time_mode",
]
