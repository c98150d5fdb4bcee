# A cell that prints the state it finds in its kernel, as JSON; run by test_warm_state.py, never imported.
import builtins
import decimal
import functools
import gc
import hashlib
import json
import locale
import logging
import os
import random
import signal
import sys
import threading
import time
import types
import warnings
import zlib
from pathlib import Path

import matplotlib
import numpy
import pandas
import skq.catalog
import skq.report.texts

LIBRARIES = {"skq", "matplotlib", "seaborn", "pandas", "numpy", "statsmodels", "scipy", "pyarrow"}


def told(value, depth=2):
    """Content of plain values, code of functions, attributes of classes, kind of all others; never an address."""
    if isinstance(value, types.FunctionType):
        return f"function {value.__qualname__} {zlib.crc32(value.__code__.co_code)}"
    if isinstance(value, type):
        return f"class {value.__qualname__} {class_content(value) if depth else ''}"
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None))):
        return repr(value)
    if isinstance(value, (set, frozenset)):
        return f"{type(value).__name__} {sorted(told(item, 0) for item in value)}"
    if isinstance(value, (list, tuple)) and depth:
        return f"{type(value).__name__} {[told(item, depth - 1) for item in value]}"
    if isinstance(value, dict) and depth:
        return f"dict {sorted((told(key, 1), told(item, depth - 1)) for key, item in list(value.items()))}"
    return type(value).__name__


@functools.cache
def class_content(kind):
    """A digest of the names in a class and of what they are."""
    found = sorted((name, told(value, 0)) for name, value in vars(kind).items() if not name.startswith("__"))
    return zlib.crc32(repr(found).encode())


def globals_of(libraries):
    """Every name in every module of *libraries*, with its value where that is plain."""
    modules = {name: module for name, module in sorted(sys.modules.items()) if name.split(".")[0] in libraries}
    return {
        f"{name}.{key}": told(value)
        for name, module in modules.items()
        for key, value in sorted(getattr(module, "__dict__", {}).items())
    }


def descriptors(process):
    """What every open descriptor of *process* is: a path, or a pipe or socket with its number."""
    folder = Path(f"/proc/{process}/fd")
    links = [folder / str(number) for number in range(1024)]
    return [os.readlink(link) for link in links if link.is_symlink()]


def open_files():
    """What files are open: sockets and events are the kernel's own business, made in the order of its threads."""
    return sorted(name for name in descriptors("self") if name.startswith("/"))


def inherited():
    """Pipes and sockets that the process which started this one has too."""
    return sorted({name for name in descriptors("self") if name[:4] in ("pipe", "sock")} & {*descriptors(os.getppid())})


loggers = [(name, logger) for name, logger in logging.root.manager.loggerDict.items() if hasattr(logger, "handlers")]
state = {
    "open files": open_files(),
    "inherited": inherited(),
    "rcParams": {key: str(value) for key, value in sorted(matplotlib.rcParams.items())},
    "environment": {key: value for key, value in sorted(os.environ.items()) if key != "IPYTHONDIR"},
    "builtins": {key: told(value) for key, value in sorted(vars(builtins).items())},
    "random": hashlib.sha256(repr((random.getstate(), numpy.random.get_state())).encode()).hexdigest(),
    "modules": sorted(sys.modules),
    "globals": globals_of(LIBRARIES),
    "signals": {str(number): told(signal.getsignal(number)) for number in sorted(signal.valid_signals())},
    "threads": sorted(thread.name.split("-")[0].split(" ")[0] for thread in threading.enumerate()),
    "folder": os.getcwd(),
    "words": zlib.crc32(repr((skq.report.texts.texts(), list(skq.catalog.metrics().values()))).encode()),
    "import path": sys.path,
    "locale": locale.setlocale(locale.LC_ALL),
    "process": [str(sys.flags), time.tzname, sys.argv[0]],
    "session": os.getsid(0) == os.getpid() == os.getpgrp(),
    "umask": os.umask(0o22),
    "garbage": [gc.isenabled(), gc.get_threshold(), len(gc.callbacks)],
    "recursion": sys.getrecursionlimit(),
    "decimal": str(decimal.getcontext()),
    "warnings": [told(entry) for entry in warnings.filters],
    "logging": sorted(f"{name} {logger.level} {len(logger.handlers)}" for name, logger in loggers),
    "pandas options": pandas.options.display.max_rows,
}  # fmt: skip
print(json.dumps(state))
