"""What the gate says when a release may not go out: which rule, where, and what is wrong; never the secret itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Refusal:
    """One reason not to release.

    `rule` is a short name in kebab-case (`joint-attack`, `canary`, `personal-number`, `n-beside-hidden`, …); `where`
    is a file relative to the site, with the place in it (`skolor/x/kvalitetsrapport.html:214`); `what` is one plain
    sentence, which never contains a hidden value or the personal text that was found.
    """

    rule: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}  [{self.rule}]\n  {self.what}"
