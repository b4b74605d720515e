"""Tapes in JavaScript: the modules that replay them, and what Python makes of these.

tape.js is the entry, and tape.d.ts its types. The others, from the bottom up: special.js (functions of numbers),
rows.js (the calculus, written by tools/written.py), program.js, steps.js and runner.js (batches), arguments.js and
replay.js, evaluate.js, builder.js, formula_trees.js and own_operations.js (those of users), file.js. package.json tells
Node that they are modules. bundle.py puts them into one file, module.py writes a tape as a module, straight_line.py one
that is small.
"""
