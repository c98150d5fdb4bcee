"""The protected room: results in, `ProtectedTable` out, with everything hidden that rests on too few.

Who reads protected tables needs none of what finds a pattern: `protect` is loaded when asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from skq.protect.rule import OFFICIAL, DisclosureRule, Reason, Shape, publish_share
from skq.protect.table import Protected, ProtectedTable

if TYPE_CHECKING:
    from skq.protect.room import protect

__all__ = ["OFFICIAL", "DisclosureRule", "Protected", "ProtectedTable", "Reason", "Shape", "protect", "publish_share"]


def __getattr__(name: str) -> Any:
    if name != "protect":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("skq.protect.room").protect
