"""The module of each Value: from its scope, or from its label and the operations that use it."""
import pytest
from references.show.folded import network

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.graph.module_paths import is_inside, module_paths, prefixes


def test_the_paths_of_parameters():
    loss, model = network()
    home = module_paths(at.topological_order(loss))
    assert {home[p] for p in model.layers[1].parameters()} == {f"mlp.layer2.neuron{i}" for i in range(1, 5)}
    assert home[loss] == ""
    named_like_one = Value(1.0, "layer9.w[0]")
    with at.scope("mlp.layer1"):
        assert module_paths(at.topological_order(named_like_one * 2))[named_like_one] == ""
    bias, input = Value(1.0, "b"), Value(1.0, "b")
    with at.scope("neuron"):
        home = module_paths(at.topological_order(at.dot([2.0], [input], bias)))
    assert (home[bias], home[input]) == ("neuron", "")


@pytest.mark.parametrize("label, scope, path", [
    ("layer1.w[0]", "mlp.layer1", "mlp.layer1"), ("layer1.w[0]", "mlp.layer2", ""), ("w[0]", "neuron", "neuron"),
    ("w[0]", "mlp.neuron", ""), ("w(x→h)", "network", "network"), ("x", "mlp", ""), ("", "mlp", ""),
])
def test_a_leaf_belongs_to_the_module_that_its_label_names(label, scope, path):
    leaf = Value(1.0, label)
    with at.scope(scope):
        result = leaf * 2
    assert module_paths(at.topological_order(result + 1))[leaf] == path


def test_a_known_parameter_belongs_to_the_module_that_uses_it():
    leaf = Value(1.0, "no label of a parameter")
    with at.scope("part"):
        values = at.topological_order(leaf * 2)
    assert module_paths(values)[leaf] == ""
    assert module_paths(values, [{leaf}])[leaf] == "part"


def test_the_second_module_of_a_scope_has_a_number():
    leaves = [Value(float(i), "w[0]") for i in range(3)]
    with at.scope("neuron"):
        results = [leaf.exp() for leaf in leaves]
    paths = module_paths(at.topological_order(*results))
    assert [paths[leaf] for leaf in leaves] == [paths[result] for result in results]
    assert [paths[leaf] for leaf in leaves] == ["neuron", "neuron₂", "neuron₃"]


def test_paths():
    assert [*prefixes("mlp.layer1.neuron2")] == ["mlp", "mlp.layer1", "mlp.layer1.neuron2"]
    assert is_inside("mlp.layer1", "mlp") and is_inside("mlp", "mlp")
    assert not is_inside("mlp2.layer1", "mlp") and not is_inside("mlp", "mlp.layer1")
