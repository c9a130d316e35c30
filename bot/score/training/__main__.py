"""`python -m bot.score.training STEP …`"""

import sys

from bot.score.training.commands import main

sys.exit(main(sys.argv[1:]))
