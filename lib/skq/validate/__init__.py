"""Every problem of every file of an organizer, once; and the tables, when there is none."""

from skq.validate.run import Checked, check, checked, validated

__all__ = ["Checked", "check", "checked", "validated"]
