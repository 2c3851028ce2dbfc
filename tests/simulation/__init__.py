"""Worlds drawn at random: the real engine, where only time, processes and faults are made up."""
