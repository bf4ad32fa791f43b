"""The judge: from a learner's function to what is right and what is wrong with it.

call -> read -> compare -> name -> show
"""
