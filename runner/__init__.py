"""nornir-playbook: declarative playbooks for network devices, batch by batch, on Nornir."""

import logging

__version__ = "0.1.0"

# A library never writes to stderr by itself: without this, Python prints warnings of loggers nobody configured.
logging.getLogger(__name__).addHandler(logging.NullHandler())
