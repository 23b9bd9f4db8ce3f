"""For a test of every service: no route without a permission."""

from common.http.route import unguarded_routes

__all__ = ["unguarded_routes"]
