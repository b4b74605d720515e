# Train a network
import random

from autograd_tiny import draw, nn, optim

random.seed(1)
xor = [((0, 0), -1), ((0, 1), 1), ((1, 0), 1), ((1, 1), -1)]
model = nn.MLP(2, [4, 1], activation="tanh", output_activation="tanh")
optimizer = optim.SGD(model.parameters(), lr=0.1)

for epoch in range(201):
    loss = sum((model(x) - y) ** 2 for x, y in xor)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 20 == 0:
        print(f"epoch {epoch:3}: loss {loss.data:.4f}")

for x, y in xor:
    print(x, "→", round(model(x).data, 2), "  wanted:", y)

draw(model)        # its weights as lines
