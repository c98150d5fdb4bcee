# A cell that changes everything that state.py looks at; run by test_warm_state.py, never imported.
import builtins
import decimal
import gc
import locale
import logging
import os
import random
import signal
import sys
import threading
import warnings
import wave  # noqa: F401 - one more module

import matplotlib
import numpy
import pandas
import seaborn
import skq.report.style
import skq.report.texts

matplotlib.rcParams["font.size"] = 99
os.environ["SCHOOL"] = "A"
del os.environ["PATH"]
builtins.secret = "of school A"
random.seed(12345)
numpy.random.seed(54321)
skq.report.style.INK = "red"
skq.report.style.register_fonts = lambda: None
skq.report.texts.texts()["words"].clear()
pandas.DataFrame.head = pandas.DataFrame.tail
matplotlib.axes.Axes.plot = matplotlib.axes.Axes.bar
seaborn.left_by_a = pandas.left_by_a = [1]
left_open = open("left.txt", "w")  # noqa: SIM115 - and left open
os.umask(0o77)
os.makedirs("elsewhere", exist_ok=True)
os.chdir("elsewhere")
locale.setlocale(locale.LC_ALL, "C")
gc.set_threshold(1)
sys.path.insert(0, "left-by-a")
sys.argv[0] = "of school A"
sys.setrecursionlimit(5000)
decimal.getcontext().prec = 3
warnings.simplefilter("ignore")
logging.getLogger("pandas").setLevel(50)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
threading.Thread(target=threading.Event().wait, name="left", daemon=True).start()
pandas.options.display.max_rows = 7
