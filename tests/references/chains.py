"""Long chains of operations."""


def chain(length, x, y):
    a = x
    for _ in range(length // 2):
        a = a * y + x
    return a
