"""`python -m bot` is `veilleur`."""

import sys

from bot.cli import main

sys.exit(main())
