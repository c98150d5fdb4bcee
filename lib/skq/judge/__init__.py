"""What chance and company say of a shown number: limits, shrinkage, peers, sensitivity, goals.

Pure. Sees protected numbers only, so that no judgement can tell more than what is shown (ADR 6).
"""

from skq.judge.facts import Facts
from skq.judge.peers import PeerRule
from skq.judge.room import judged
from skq.judgements import Judgements, nothing_judged

__all__ = ["Facts", "Judgements", "PeerRule", "judged", "nothing_judged"]
