"""The exercises themselves, one file for each chapter: tasks, hints, wrong answers.

Whoever still wants to solve them reads no further.
"""
