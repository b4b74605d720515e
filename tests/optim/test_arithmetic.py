"""Optimisers without NumPy: the same steps, one parameter after the other."""
import pytest
from references.programs.without_libraries import printed_without_libraries

TRAINING = """
from autograd_tiny import Value, optim

w, c = [Value(0.5), Value(-2.0), Value(3.0)], [1.0, 0.1, -4.0]
optimizer = OPTIMIZER
for step in range(12):
    w[1].requires_grad = step not in (0, 3, 4)
    optimizer.zero_grad()
    sum((x - k)**2 * k * k for x, k in zip(w, c)).backward()
    optimizer.step()
    if step == 5:
        late = Value(1.5)
        w, c = [*w, late], [*c, 2.0]
        optimizer.add_param_group({"params": [late], "lr": 0.02})
print(*[x.data for x in w], optimizer.steps)
"""


@pytest.mark.parametrize("optimizer", [
    "optim.SGD(w, lr=0.01)", "optim.SGD(w, lr=0.01, momentum=0.9, weight_decay=0.1, nesterov=True)",
    "optim.SGD(w, lr=0.01, momentum=0.9, dampening=0.5)", "optim.Adagrad(w, lr=0.1, lr_decay=0.1)",
    "optim.Adagrad(w, initial_accumulator_value=0.3, weight_decay=0.1)",
    "optim.RMSprop(w, momentum=0.5, centered=True)", "optim.Adam(w, lr=0.1, weight_decay=0.1)",
    "optim.Adam(w, lr=0.1, amsgrad=True)", "optim.AdamW(w, lr=0.1, eps=0.0)",
    "optim.SGD([{'params': w[:1], 'lr': 0.1}, {'params': w[1:], 'momentum': 0.5}], lr=0.01)",
])
def test_optimisers_take_the_same_steps(optimizer, capsys):
    program = TRAINING.replace("OPTIMIZER", optimizer)
    exec(program, {})
    expected = [*map(float, capsys.readouterr().out.split())]
    assert [*map(float, printed_without_libraries(program).split())] == pytest.approx(expected, rel=1e-13)


def test_arithmetic_follows_ieee_754_there_too():
    """A gradient of 0 over a root of 0 is nan, and 1 over it infinite; Python's own operators would raise."""
    printed = printed_without_libraries("""
from autograd_tiny import Value, optim
w = [Value(1.0), Value(1.0)]
optimizer = optim.Adagrad(w, lr=1.0, eps=0.0)
w[1].grad = 1e-200
optimizer.step()
print(w[0].data, w[1].data)
""")
    assert printed.split() == ["nan", "-inf"]


def test_an_optimiser_from_before_numpy_was_installed_is_refused_where_its_state_is_an_array():
    printed = printed_without_libraries("""
from autograd_tiny import Value, optim
adam = optim.Adam([Value(1.0)])
sys.meta_path.remove(Absent)
try:
    adam.state_dict()
except RuntimeError as error:
    print(error)
adam.step()
print(adam.steps)
""")
    assert printed.splitlines() == ["this Adam was made before NumPy was installed: make a new one", "1"]
