"""Every door says whom it lets in: an application with a route that does not is not built."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute

from people.permissions import Permission
from web.asking import anybody


def doors(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    """Yield the routes of some routers."""
    for router in routers:
        yield from (route for route in router.routes if isinstance(route, APIRoute))


def permissions_of(route: APIRoute) -> frozenset[Permission]:
    """Return what a route asks for; nothing if it is open."""
    asked = (getattr(each.call, "permission", None) for each in route.dependant.dependencies)
    return frozenset(each for each in asked if isinstance(each, Permission))


def is_declared(route: APIRoute) -> bool:
    """Say whether a route names a permission or says that it is open, and not both."""
    opened = any(each.call is anybody for each in route.dependant.dependencies)
    return opened != bool(permissions_of(route))


def require_declared(routers: Iterable[APIRouter]) -> None:
    """Let the application be built only if every route says whom it lets in."""
    silent = [
        f"{'/'.join(sorted(route.methods or ()))} {route.path}"
        for route in doors(routers)
        if not is_declared(route)
    ]
    if silent:
        raise AssertionError(f"these routes do not say whom they let in: {', '.join(silent)}")
