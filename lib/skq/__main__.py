"""`python -m skq` is the command `skq`."""

from skq.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
