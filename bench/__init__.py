"""Measurements, not tests: what scoring costs on this machine. See README.md beside this file."""
