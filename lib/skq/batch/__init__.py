"""Slices to executed notebooks: papermill once per report, only what changed, failures named and survived."""
