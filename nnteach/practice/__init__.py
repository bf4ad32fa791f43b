"""The exercises themselves, one file for each chapter.

Each has one text, in three parts with an empty line between them: the task; the hints
as a list, from a question to nearly the answer; why the solution is right. Under
`wrong` stand known wrong answers: a name, the answer (or an edit of the solution,
"old -> new"), what to think about. Mistakes that `nnteach.diagnose` knows are not
repeated here.

Whoever still wants to solve them reads no further.
"""
