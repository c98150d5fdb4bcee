"""The protected room: results in, `ProtectedTable` out, with everything hidden that rests on too few."""

from skq.protect.room import protect
from skq.protect.rule import OFFICIAL, DisclosureRule, Reason, Shape, publish_share
from skq.protect.table import Protected, ProtectedTable

__all__ = ["OFFICIAL", "DisclosureRule", "Protected", "ProtectedTable", "Reason", "Shape", "protect", "publish_share"]
