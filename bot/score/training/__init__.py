"""Rebuilds the embedded model; never needed to run the bot. See README.md beside this file."""
