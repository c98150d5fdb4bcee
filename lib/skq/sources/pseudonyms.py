"""Identifiers of persons to keyed hashes, before any table leaves this room.

Method: HMAC-SHA-256 (RFC 2104) of kind and identifier with a key that lies apart from data and build; 80 bits of it in
base32. The same person has the same pseudonym in all tables and years as long as the key is the same, and without the
key nobody can try identifiers until one fits. The key only renames persons: no number depends on it.
"""

from __future__ import annotations

import base64
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

import numpy as np
import pandas as pd

from skq.schema import ColumnSpec, Kind
from skq.sources.findings import NO_IDENTIFIER, Fault, Finding
from skq.sources.grid import texts_of
from skq.sources.raw import RawTable, Unseen
from skq.sources.values import BLANK_IN_PERSON, read_value

PREFIXES = {"pupil_id": "p-", "teacher_id": "t-", "respondent": "r-"}
"""How the pseudonym of each kind of person begins."""

HASH_BYTES, LETTERS = 10, 16

ORDINARY = re.compile(r"[A-Za-z][A-Za-z0-9-]*|[0-9]{1,9}")
"""Most identifiers: they cannot be a personal identity number, and hold nothing else that is refused."""

DISTINCTIVE_DIGITS = 6
"""A number of a person with so many significant digits would be known again wherever it stands."""


@dataclass(frozen=True)
class Pseudonymous:
    """A table without identifiers, and what they were by kind."""

    table: RawTable
    identifiers: dict[str, frozenset[str]]


class Pseudonyms:
    """The pseudonyms that one key gives: made once for each person, in however many tables the person is.

    *unkeyed*: for each of them the identifier's `fingerprint`.
    """

    def __init__(self, key: bytes) -> None:
        self.unkeyed: Unseen[str] = Unseen()
        self._start = hmac.new(key, digestmod="sha256")
        self._known = {kind: dict[str, int]() for kind in PREFIXES}
        self._made: dict[str, pd.Index] = {kind: pd.Index([], dtype="str") for kind in PREFIXES}

    def of(self, identifiers: Iterable[str], kind: str) -> tuple[dict[str, int], pd.Index]:
        """Return the number of each person whom the register calls one of *identifiers*, and the pseudonyms by number.

        Other persons of the *kind* have numbers too: tables that are about the same ones have the very same pseudonyms.
        """
        known = self._known[kind]
        new = [one for one in dict.fromkeys(identifiers) if one not in known]
        bits = b"".join(self._digest(_named(one, kind)) for one in new)
        letters = base64.b32encode(bits).decode().lower()  # ten bytes give sixteen letters each, without a rest
        made = [PREFIXES[kind] + letters[place : place + LETTERS] for place in range(0, len(letters), LETTERS)]
        self.unkeyed.update(zip(made, (fingerprint(one, kind) for one in new), strict=True))
        known.update((one, number) for number, one in enumerate(new, start=len(known)))
        if made:
            self._made[kind] = pd.Index([*self._made[kind], *made], dtype="str")
        return known, self._made[kind]

    def _digest(self, message: bytes) -> bytes:
        """Return the first bits of the HMAC of *message*; the key's own part of it was worked out once."""
        digest = self._start.copy()
        digest.update(message)
        return digest.digest()[:HASH_BYTES]


def pseudonym(identifier: str, kind: str, key: bytes) -> str:
    """Return the pseudonym of the person whom the register calls *identifier*; *kind*: the column, such as pupil_id.

    >>> pseudonym("E00017", "pupil_id", b"a key for examples only, of no use")
    'p-hjrkvyxqwfkhrknv'
    """
    return str(Pseudonyms(key).of([identifier], kind)[1][0])


def fingerprint(identifier: str, kind: str) -> str:
    """Return a checksum of *identifier* that no key decides: for checksums of rows, and never written by itself."""
    return sha256(_named(identifier, kind)).hexdigest()


def _named(identifier: str, kind: str) -> bytes:
    return f"{kind}\0{identifier}".encode("utf-8", "surrogatepass")


def pseudonymous(table: RawTable, pseudonyms: Pseudonyms) -> Pseudonymous:
    """Return *table* with one of *pseudonyms* for every person, and what it was made of.

    An identifier with a fault is blank in the table, and the fault among its findings. Distinctive numbers of persons
    are told as the kind `value`.
    """
    identifiers: dict[str, frozenset[str]] = {}
    texts, findings = table.texts, list(table.findings)
    for column in (column for column in table.spec.columns if column.is_person and column.name in texts):
        words = [_whole(text) for text in texts_of(texts[column.name])]
        faults = [_fault(word, column) for word in words]
        names = [None if fault or not word else word for word, fault in zip(words, faults, strict=True)]
        numbers, hidden = pseudonyms.of((name for name in names if name is not None), column.name)
        codes = texts[column.name].cat.codes.to_numpy()
        findings += _findings(table.spec.name, column, faults, codes)
        own = np.array([*(-1 if name is None else numbers[name] for name in names), -1], dtype="int32")
        texts = texts.assign(**{column.name: pd.Categorical.from_codes(own[codes], hidden)})
        identifiers[column.name] = frozenset(word for word in words if word)
    if table.spec.of_persons:
        identifiers["value"] = _distinctive(table)
    return Pseudonymous(replace(table, texts=texts, findings=tuple(findings)), identifiers)


def _distinctive(table: RawTable) -> frozenset[str]:
    """Return the decimal numbers of persons that have `DISTINCTIVE_DIGITS` significant digits, as they are written."""
    columns = [one.name for one in table.spec.columns if one.kind is Kind.DECIMAL and one.name in table.texts]
    words = (text.strip() for name in columns for text in texts_of(table.texts[name]))
    return frozenset(
        word for word in words if len(re.sub(r"\D", "", word).lstrip("0").rstrip("0")) >= DISTINCTIVE_DIGITS
    )


def _whole(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _fault(word: str, column: ColumnSpec) -> Fault | None:
    if ORDINARY.fullmatch(word):
        return None
    value = read_value(word, column)
    if isinstance(value, Fault):
        return value
    return BLANK_IN_PERSON if re.search(r"\s", word) else None


def _findings(table: str, column: ColumnSpec, faults: list[Fault | None], codes: np.ndarray) -> list[Finding]:
    findings = []
    for fault in dict.fromkeys(fault for fault in faults if fault):
        positions = np.flatnonzero(np.array([*(other == fault for other in faults), False])[codes])
        findings.append(Finding(table, column.name, fault, positions, partial(_told, fault=fault)))
    return findings


def _told(position: int, *, fault: Fault) -> str:
    return fault.found or NO_IDENTIFIER
