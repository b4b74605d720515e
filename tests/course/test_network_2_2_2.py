"""The 2-2-2 network of the course is that of the worked example, in both of its forms."""
import pytest
from references.networks.network_2_2_2 import CHOSEN, EDGES, GIVEN, INPUTS, TARGETS

from autograd_tiny import nn
from autograd_tiny.course.network_2_2_2 import START, error_of, gradient_of, network


def test_the_parameters_are_those_of_the_worked_example():
    net, parameters = network()
    assert {p.label: p.data for p in parameters} == GIVEN | CHOSEN
    assert all(net.w[edge].label == name for name, edge in EDGES.items())
    assert [p.data for p in parameters] == list(START)
    assert (net.b["h1"], net.b["o1"]) == (net.b["h2"], net.b["o2"]) == (parameters[8], parameters[9])


def test_both_forms_have_the_same_error_and_the_same_gradients():
    net, parameters = network()
    error = nn.losses.half_squared_error(net(INPUTS), TARGETS)
    error.backward()
    assert error.data == pytest.approx(error_of(START, INPUTS, TARGETS), rel=1e-14)
    assert [p.grad for p in parameters] == pytest.approx([*gradient_of(INPUTS, TARGETS).values()], rel=1e-12)
