"""Tapes in other languages and libraries; exported.py has the methods of Tape, and a module here for each of them.

These modules work on programs and plans and know nothing of Tape: source.py says what they get.
"""
