"""Learning from what was decided before: a changed rulebook is tried on the comments of the past, and
the model takes a correction from what people decided."""
