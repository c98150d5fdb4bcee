"""The protected room: results in, `ProtectedTable` out, with everything hidden that rests on too few."""

from skq.protect.table import Protected, ProtectedTable

__all__ = ["Protected", "ProtectedTable"]
