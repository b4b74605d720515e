"""Tapes in C: file.py writes a file and its header, parts.py the statements, language.py the formulas.

loops.py finds the instructions that a loop can compute, and loop_writer.py writes it.
"""
