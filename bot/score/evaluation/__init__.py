"""How good a model is: figures on labelled texts, and the levels that rules may name.

Nothing here runs in the bot; `veilleur evaluate` and those who change the model use it.
"""
