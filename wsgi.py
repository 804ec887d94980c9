"""The WSGI application, and nothing else: ``granian wsgi:app`` or ``flask --app wsgi``."""

import os

from config import load_settings
from tnt import create_app
from tnt.core.serving import settle

app = create_app(load_settings(os.environ))
settle()
