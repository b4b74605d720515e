"""Visualisation: a folder for each kind of picture and report, and beside them what these share.
`draw` draws graphs (graph/) and networks (network/). explanation/ explains a gradient, film/ plays a pass or a
training, plots/ are curves and regions, report/ is a diagnosis on one page.
"""
