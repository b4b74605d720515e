"""Plots drawn by Matplotlib: decision regions, the weights of a layer, a confusion matrix; labels.py checks labels."""
