"""Every problem of every file of an organizer, once; and the tables, when there is none."""

from skq.validate.run import check, validated

__all__ = ["check", "validated"]
