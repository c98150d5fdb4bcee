"""Cells that add up: what an attacker can work out of those that are hidden, and which others to hide against it.

Pure: knows nothing of schools, metrics or files. After Fischetti and Salazar (2001), "Solving the cell suppression
problem on tabular data with linear constraints", Management Science 47(7).
"""
