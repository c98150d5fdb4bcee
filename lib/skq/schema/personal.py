"""Which headers announce personal data that no table needs, in Swedish and English.

Source: domain.md §17 (law): data minimisation (GDPR art. 5), special categories (art. 9), school law chapter 26 a.
Pure, and about headers alone; what stands below them is for `sources` to look at.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from skq.schema.columns import TableSpec, folded


class Surplus(StrEnum):
    """A kind of personal data that no number rests on."""

    PERSONAL_NUMBER = "personal-number"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTH = "birth-date"
    PROTECTED = "protected-identity"
    ORIGIN = "origin"
    HEALTH = "health"
    NOTE = "note"


ANYWHERE = frozenset({Surplus.PERSONAL_NUMBER, Surplus.EMAIL, Surplus.PHONE})
"""What is personal in every table; the address or the name of a school unit is not."""

_PERSON = r"(?:elev(?:en)?s?|barn(?:et)?s?|larar(?:e|en)s?|personal(?:en)?s?|pupil|student|teacher|child|staff)"
_OTHERS = (
    r"(?:vardnadshavar(?:e|en)s?|foraldr?ar?|foraldrar|malsman|mamma|pappa|mor|far|mentor|klassforestandare|rektor"
    r"|guardian|parent|mother|father|principal)s?"
)
_WHO = rf"(?:{_PERSON}|{_OTHERS})(?: ?\d)?"

HEADERS: dict[Surplus, str] = {
    Surplus.PERSONAL_NUMBER: r"person ?(?:nummer|nr)|pnr|samordnings ?(?:nummer|nr)|tf ?(?:nummer|nr)|ssn"
    r"|personal (?:identity |identification )?number|social security(?: number)?|national id",
    Surplus.NAME: r"(?:for|efter|mellan|tilltals|flick)?namn|(?:first|last|given|family|middle|full|preferred)? ?name"
    rf"|surname|{_PERSON} ?(?:namn|name)|namn pa \w+|larare|teacher|(?:undervisande|betygsattande) larare",
    Surplus.EMAIL: r"e ?post(?: ?adress)?|mejl(?: ?adress)?|mail(?: ?adress)?|e ?mail(?: ?address)?",
    Surplus.PHONE: r"(?:hem|mobil)? ?tele?fon(?: ?(?:nummer|nr))?|tel(?: nr)?|mobil(?: ?(?:nummer|nr))?"
    r"|(?:mobile|cell|home)? ?phone(?: number)?|mobile",
    Surplus.ADDRESS: r"(?:gatu|post|hem|bostads|folkbokforings)? ?adress|post ?(?:nummer|nr|ort)|(?:hem|bostads)?ort"
    r"|(?:hem|folkbokforings) ?kommun|gata|fastighet|koordinat(?:er)?|latitude?|longitude?"
    r"|(?:home |street |postal )?address|street|zip(?: code)?|post(?:al)? ?code|city|town",
    Surplus.BIRTH: r"fodelse ?(?:datum|dag|ar|tid|manad)|fodd(?: ar| datum)?|alder"
    r"|(?:date of )?birth(?: ?(?:date|day|year))?|year of birth|dob|age",
    Surplus.PROTECTED: r"skydda(?:d|de) (?:identitet|person ?uppgifter|folkbokforing)|skyddad|kvarskrivning"
    r"|sekretess(?: ?(?:markering|markerad))?|protected identity|secrecy(?: mark(?:ing)?)?|confidential",
    Surplus.ORIGIN: r"nationalitet|medborgarskap|fodelse ?(?:land|ort)|modersmal|hemsprak|sprak(?: i hemmet)?|ursprung"
    r"|religion|etnicitet|invandringsdatum|nationality|citizenship|(?:country|place) of birth|birth ?(?:country|place)"
    r"|mother tongue|(?:native|first|home) language|ethnicity",
    Surplus.HEALTH: r"diagnos(?:er)?|funktions(?:nedsattning|hinder)(?:ar)?|allergi(?:er)?|medicin(?:ering)?"
    r"|sjukdom(?:ar)?|halsa|elevhalsa|sarskilt stod|stod ?(?:behov|insats(?:er)?)|atgardsprogram"
    r"|extra anpassning(?:ar)?|npf|special ?kost|(?:franvaro ?)?orsak|diagnos[ei]s|health|medication"
    r"|disabilit(?:y|ies)|special (?:needs|support)|allerg(?:y|ies)",
    Surplus.NOTE: r"anteckning(?:ar)?|notering(?:ar)?|anmarkning(?:ar)?|kommentar(?:er)?|fritext|omdome(?:n)?"
    r"|notes?|comments?|remarks?|free text",
}
"""A regular expression over the whole header, in small letters without å, ä, ö and marks."""


def personal_kind(header: str, spec: TableSpec) -> Surplus | None:
    """Return which surplus personal data *header*, not a column of the table, announces, or None.

    >>> from skq.schema import TABLES
    >>> personal_kind("Elevens e-post", TABLES["pupils"]), personal_kind("Rektors namn", TABLES["economy"])
    (<Surplus.EMAIL: 'email'>, None)
    """
    plain = _plain(header)
    of_person = re.sub(rf"^{_WHO} | {_WHO}$| \d$", "", plain)
    found = (kind for kind, words in HEADERS.items() if re.fullmatch(words, plain) or re.fullmatch(words, of_person))
    kind = next(found, Surplus.NAME if re.fullmatch(_WHO, plain) else None)
    return kind if spec.of_persons or kind in ANYWHERE else None


def _plain(header: str) -> str:
    letters = unicodedata.normalize("NFD", folded(header))
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())
