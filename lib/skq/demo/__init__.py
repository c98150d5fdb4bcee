"""The invented municipality: every table of an organizer, of any size, made from a seed."""

from skq.demo.names import MUNICIPALITY_CODE, MUNICIPALITY_NAME
from skq.demo.tables import demo_tables
from skq.demo.writing import write_demo

__all__ = ["MUNICIPALITY_CODE", "MUNICIPALITY_NAME", "demo_tables", "write_demo"]
