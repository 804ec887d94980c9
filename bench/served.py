"""The product as the bench serves it: its clock stands on the day of the data, whatever day it is."""

from __future__ import annotations

import os

from bench.datasets import NOW
from config import load_settings
from tnt import create_app
from tnt.core import clock
from tnt.core.serving import settle

clock.freeze(NOW)
app = create_app(load_settings(os.environ))
settle()
