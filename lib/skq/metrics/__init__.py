"""Pure formulas and versioned rules: Series in, Series out; no grouping, no rounding, no files, no Swedish."""
