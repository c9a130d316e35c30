"""Text in, probabilities out: the models, and the process of their own that they live in.

`bot.score.process.open_scorer` starts that process and gives back what fulfils `bot.ports.Scorer`.
The process imports `bot.score` and `bot.core` only, so this module stays empty: a start after a
crash must be quick.
"""
