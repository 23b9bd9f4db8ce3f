"""HTTP in."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
