"""School quality reports for Swedish school organizers."""

__version__ = "0.1.0"
__all__ = ["__version__"]
