"""What runs where nothing but the package is installed, as in Pyodide, and what needs NumPy and says so."""
import os
import subprocess
import sys

PREPARED = """
import random
from autograd_tiny import Value, course, nn, optim
import autograd_tiny as at

random.seed(0)
a, b = Value(2.0, "a"), Value(3.0, "b")
f = (a + b) * b
f.backward()
model = nn.MLP(2, [3, 1])
x, loss = [1.0, 2.0], (model([1.0, 2.0]) - 1) ** 2
loss.backward()
sgd = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
check, hint, solution = course.exercises(1)
"""
RUNS = [
    "at.draw(f).tree", "at.draw(f).table", "at.draw(f).mermaid", "at.draw(f).source", "at.draw(model).source",
    "at.explain(f, b)", "at.play(f).html", "at.play(model, x, 1.0).html", "at.play(model, x, 1.0, optimizer=sgd).html",
    "at.explore(f).html", "at.explore('a*b', a=1, b=2).html", "at.explore(loss, depth=1).html",
    "at.playground().html", "at.perceptron().html",
    "at.grad(lambda x: x**3)(2.0)", "at.hessian(lambda x, y: x*y)(1.0, 2.0)", "at.derivative(lambda x: x**3, n=2)(2.0)",
    "at.jvp(lambda x: x*x, (2.0,), (1.0,))", "at.vjp(lambda x: x*x, 2.0)", "at.jacobian(lambda x: [x*x, x])(2.0)",
    "at.check_gradients(lambda x: x*x, 2.0)", "at.compare_modes(lambda x, y: x*y, 2.0, 3.0)", "at.gradients(f, [a])",
    "at.sum([a, b]) + at.max([a, b]) + at.dot([a, b], [1, 2])", "at.linalg.solve([[2.0, 0.0], [0.0, 1.0]], [a, b])",
    "at.parse('a*b', a=1, b=2)", "repr(model)", "model.zero_grad()", "copy.deepcopy(model)(x)",
    "sgd.step()", "sgd.zero_grad()", "optim.StepLR(sgd, 1).step()",
    "nn.losses.cross_entropy(nn.MLP(2, [2])(x), 1)", "nn.L2(0.1)(model)", "nn.Embedding(3, 2)([0, 1])",
    "nn.Sequential(nn.Layer(2, 3), nn.Dropout(0.5), nn.Layer(3, 1))(x)", "nn.Network([('x', 'h'), ('h', 'o')])([1.0])",
    "at.History([])", "check(1, [7, 15, 2])", "hint(1)", "solution(1)",
    "[course.exercises(chapter).check(1, 0) for chapter in range(1, 14)]", "course.check_engine(Value)",
    "__import__('autograd_tiny.textbook')", "command_line(['x=a+b; x*b', 'a=1', 'b=2'])",
]
NEEDS_NUMPY = {
    "at.fit(model, [[0, 0]], [1], 'mse')": "autograd_tiny.fit", "at.diagnose": "autograd_tiny.diagnose",
    "at.record(lambda x: x*x, [1.0])": "autograd_tiny.record", "at.predict(model, [[0, 0]])": "autograd_tiny.predict",
    "at.jit(lambda x: x*x)": "autograd_tiny.jit", "at.playground(model, [[0, 0]], [1]).html": "playground",
    "model.state_dict()": "Module.state_dict", "model.load_state_dict({'w': [1.0]})": "Module.load_state_dict",
    "sgd.state_dict()": "Optimizer.state_dict", "optim.clip_grad_norm_([a], 1.0)": "clip_grad_norm_",
    "nn.save(model, 'never.safetensors')": "save", "nn.to_onnx(model, 'never.onnx')": "to_onnx",
    "at.plot_weights(model)": "plot_weights",
}
PROGRAM = f"""
import copy
{PREPARED}
from autograd_tiny.__main__ import main as command_line

for use in {RUNS!r}:
    try:
        eval(use)
    except BaseException as error:
        print(f"{{use}}: {{type(error).__name__}}: {{error}}")
for use in {[*NEEDS_NUMPY]!r}:
    try:
        print(f"{{use}}: {{eval(use)}}")
    except ImportError as error:
        print(f"needed: {{error}}")
"""


ABSENT = """
import sys

LIBRARIES = {"anywidget", "graphviz", "ipywidgets", "matplotlib", "numpy", "pandas", "scipy", "sklearn", "tqdm"}

class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in LIBRARIES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent)
"""


def failures(printed, how):
    """The lines that are not as expected; how: what the errors say of installing NumPy."""
    wanted = [f"needed: {name} needs the library numpy: {how}" for name in NEEDS_NUMPY.values()]
    found = [line for line in printed.splitlines() if ": " in line]
    return [line for line in found if line not in wanted], [line for line in wanted if line not in found]


def printed_without_libraries(program, folder="."):
    """What a program prints where no other library can be imported."""
    done = subprocess.run(
        [sys.executable, "-c", ABSENT + program], capture_output=True, text=True, check=True, cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.stdout
