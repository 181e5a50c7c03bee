"""Imported first by `cli.main`, which ends it: what a command is made of stays as long as it runs.

To look for garbage among it while it is loaded costs a fifth of the start.
"""

import gc

gc.disable()
