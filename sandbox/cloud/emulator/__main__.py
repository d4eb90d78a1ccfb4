"""Start the emulator: `python <this folder> [port]`, from any working directory."""

import sys
from pathlib import Path

if not __package__:
    # Run as a folder, Python puts the folder itself first on the path; its parent makes `emulator` importable.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from emulator.main import main

main(sys.argv[1:])
