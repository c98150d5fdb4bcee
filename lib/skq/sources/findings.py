"""What is wrong with values of a table, and how it is told without telling about a pupil.

A finding is found on whole columns at once; only when it becomes problems are single rows named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skq.errors import Problem

SHOWN_ROWS = 3
"""So many rows of one fault are shown for each column of a file; the others are counted."""

SHOWN_LENGTH = 40

NO_IDENTIFIER = "an identifier that must not be shown"

Positions = npt.NDArray[np.int64]

_DATE = r"(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[67-8]\d|9[01])"
PERSONAL_NUMBER = re.compile(rf"(?<!\d){_DATE}[-+ ](?:\d{{4}}|[A-Za-zÅÄÖåäö]{{1,2}}\d{{2,3}})(?!\d)")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-zÅÄÖåäö]{2,}")
UNMARKED = re.compile(rf"{_DATE}(?:\d{{4}}|[A-Z]{{2}}\d{{2}})")


def _luhn_holds(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def personal_number(text: str) -> str | None:
    """Return what kind of personal number *text* as a whole is, in words, or None when it is none.

    Coordination numbers and the stand-ins that schools make (TF01) count too. With its mark (`-` or `+`) the date
    decides; ten or twelve digits in a row must also have the right check digit.

    >>> personal_number("20121212-1212"), personal_number("1212121213")
    ('a personal identity number (not shown)', None)
    """
    stripped = text.strip()
    if not stripped[-1:].isdigit() or not (PERSONAL_NUMBER.fullmatch(stripped) or UNMARKED.fullmatch(stripped)):
        return None
    if not stripped[-4:].isdigit():
        return "a temporary personal number (not shown)"
    if not stripped.isdigit():
        return "a personal identity number (not shown)"
    return "a personal identity number without its dash (not shown)" if _luhn_holds(stripped[-10:]) else None


def holds_personal_number(text: str) -> bool:
    """Return whether *text* holds a personal number: with its mark, or as twelve digits with the right check digit.

    >>> [holds_personal_number(text) for text in ("om 20121212-1212 nu", "om 201212121212", "om 201212121213")]
    [True, True, False]
    """
    bare = re.findall(r"(?<!\d)\d{12}(?!\d)", text)
    return PERSONAL_NUMBER.search(text) is not None or any(personal_number(digits) for digits in bare)


def shown(value: object) -> str:
    """Return *value* as a message may show it: quoted, short, blanks visible, no personal number or e-mail address.

    >>> shown("9\\xa0A"), shown("20121212-1212")
    ("'9\\\\xa0A'", 'a personal identity number (not shown)')
    """
    text = str(value)
    if kind := personal_number(text):
        return kind
    text = EMAIL.sub("(e-mail address)", PERSONAL_NUMBER.sub("(personal number)", text))
    return repr(text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…")


def spaced(number: int) -> str:
    """Return *number* with blanks between thousands: spaced(4312) == '4 312'."""
    return f"{number:,}".replace(",", " ")


@dataclass(frozen=True)
class Fault:
    """One way in which a value can be wrong; *found* replaces the value in the message where it must not be shown."""

    code: str
    expected: str
    next_step: str
    found: str | None = None


@dataclass(frozen=True)
class Finding:
    """One fault of one column and every position of the table where it is; `found(position)` words one of them."""

    table: str
    column: str | None
    fault: Fault
    positions: Positions
    found: Callable[[int], str]


@dataclass(frozen=True)
class Origins:
    """From which file and row each row of a table came, and how that file calls its columns."""

    files: tuple[str, ...]
    headers: tuple[dict[str, str], ...]
    file_numbers: npt.NDArray[np.integer]
    rows: npt.NDArray[np.int32]

    def place(self, position: int) -> str:
        """Return the file and row of *position* in words."""
        return f"{self.files[self.file_numbers[position]]}, row {self.rows[position]}"


@dataclass(frozen=True, order=True)
class Remark:
    """Personal data that no number needs: where, what, why it is not needed, what to do. It stops nothing."""

    file: str
    row: int | None
    column: str | None
    code: str
    found: str
    why: str
    next_step: str

    def __str__(self) -> str:
        place = self.file + (f", row {self.row}" if self.row is not None else "")
        place += f", column '{self.column}'" if self.column else ""
        return (
            f"{place}  [{self.code}]\n"
            f"  found:      {self.found}\n"
            f"  not needed: {self.why}\n"
            f"  next:       {self.next_step}"
        )


def problems_of(finding: Finding, origins: Origins) -> list[Problem]:
    """Return the problems that *finding* makes: for each file the first rows, then how many more there are."""
    problems: list[Problem] = []
    numbers = origins.file_numbers[finding.positions]
    for number in np.unique(numbers):
        positions = finding.positions[numbers == number]
        positions = positions[np.argsort(origins.rows[positions], kind="stable")]
        more = len(positions) - SHOWN_ROWS
        for place, position in enumerate(positions[:SHOWN_ROWS]):
            tail = (
                f" … and {spaced(more)} more row{'s' if more > 1 else ''}"
                if more > 0 and place == SHOWN_ROWS - 1
                else ""
            )
            problems.append(
                Problem(
                    file=origins.files[number],
                    row=int(origins.rows[position]),
                    column=finding.column and origins.headers[number].get(finding.column, finding.column),
                    code=finding.fault.code,
                    found=finding.found(int(position)) + tail,
                    expected=finding.fault.expected,
                    next_step=finding.fault.next_step,
                )
            )
    return problems
