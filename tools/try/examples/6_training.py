# Train a network
import random

from autograd_tiny.textbook import MLP

random.seed(1)
xor = [((0, 0), -1), ((0, 1), 1), ((1, 0), 1), ((1, 1), -1)]
model = MLP(2, [4, 1])

for epoch in range(201):
    loss = sum((model(x) - y) ** 2 for x, y in xor)
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    if epoch % 20 == 0:
        print(f"epoch {epoch:3}: loss {loss.data:.4f}")

for x, y in xor:
    print(x, "→", round(model(x).data, 2), "  wanted:", y)
