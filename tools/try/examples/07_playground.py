# Play with a network
from autograd_tiny import playground

playground()       # choose data, add neurons, press Train
