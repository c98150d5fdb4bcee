"""From a finished site to readers: the gate, what changed, who answers for it, and the switch.

`gate` attacks and searches the finished files; `changes` tells every published number that differs from the release
before; `manifest` seals what goes out; `switch` puts it in place at once, or not at all.
"""

from skq.release.refusal import Refusal

__all__ = ["Refusal"]
