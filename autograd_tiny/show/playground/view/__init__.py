"""What one sees of the playground: the plane, the network, and panels with controls."""
