"""The plots of the chapters, one module for each chapter that has some, so that notebooks show the mathematics.

Each function returns a Plot (plot.py), which is light or dark as the notebook around it is. loss_curves.py has the plot
that several chapters share.
"""
