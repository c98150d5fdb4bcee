"""data/README.md and the schema say the same."""

from __future__ import annotations

from pathlib import Path

from skq.schema import TABLES
from skq.schema.describe import described

README = Path(__file__).parents[2] / "data" / "README.md"
BEGINNING = "\n## school_units"


def generated() -> str:
    """Return the part of the page that is made from the schema."""
    return "\n" + "\n".join(described(spec) for spec in TABLES.values())


def test_readme_describes_every_table_and_column():
    """The page that people export by is the schema that their files are checked by."""
    text = README.read_text(encoding="utf-8")
    assert text[text.index(BEGINNING) :] == generated()


def write_readme() -> None:
    """Write the generated part anew, keeping what was written by hand."""
    text = README.read_text(encoding="utf-8")
    README.write_text(text.partition(BEGINNING)[0] + generated(), encoding="utf-8")


if __name__ == "__main__":
    write_readme()
