"""The whole way: raw files in, a site and a PDF per school out. Reads as the method page's table of contents."""

from __future__ import annotations

from skq.build.request import Inputs, Request
from skq.build.summary import Summary
from skq.build.whole import build_all

__all__ = ["Inputs", "Request", "Summary", "build_all"]
