"""Starts the simulator of the portal: `python docs/examples/portal_simulator --port 8000`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

# Run as a folder, its own files are not a package yet.
sys.path.insert(0, str(Path(__file__).parents[1]))

from portal_simulator.api import create_app


def main() -> None:
    """Serve on this machine until it is stopped; with `--port 0` on a free port. Uvicorn says which."""
    parser = argparse.ArgumentParser(prog="portal_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    given = parser.parse_args()
    uvicorn.run(create_app(), host=given.host, port=given.port, access_log=False)


if __name__ == "__main__":
    main()
