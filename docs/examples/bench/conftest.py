"""Lets the tests of the bench import it, from wherever pytest is started, where its packages are installed."""

import sys
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

collect_ignore = [] if all(map(find_spec, ("fastapi", "uvicorn", "httpx"))) else ["test_firm.py"]
