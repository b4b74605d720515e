"""The random numbers of Python and NumPy in JavaScript, digit for digit.

    mersenne.js       random.Random of Python
    pcg64.js          the order of samples of numpy.random.default_rng
"""
