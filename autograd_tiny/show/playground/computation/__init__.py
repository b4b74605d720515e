"""The computation of the playground in JavaScript, which needs no page. All derivatives are those of tape.js.

    session.js          settings, changes, undo, links; it leads to all others
      settings.js       what can be chosen
      samples.js        data sets; csv.js: samples in text
      network.js        layers, and their initial weights; losses.js: losses and penalties
      trainer.js        the updates, as `fit` takes them; optimizers.js: their rules
      random_numbers/   those of Python and NumPy, digit for digit
      curves.js         losses and weights on the way
    findings.js         problems inside, as `diagnose` finds them; wording.js: their sentences
    chain_rule.js       the gradient of one weight, path by path
    surface.js          the loss over two weights
    python_text.js      the experiment as a program in Python
"""
