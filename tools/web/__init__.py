"""Chapters as web pages: what `start.py pages` and `start.py slides` share.

npm         packages of the npm registry, exact versions, checked
chapters    a chapter executed for the page, kept in build/ until something changes
in_kernel   what the objects of a chapter show while it is executed so
html        its cells as HTML, formulas drawn
assets      the scripts, styles and fonts that the HTML needs, and their licences
"""
