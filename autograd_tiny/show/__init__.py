"""What a person looks at: each picture and each report in a folder of its own, what they share beside these.

`draw` draws graphs (graph/) and networks (network/). explanation/ explains a gradient, film/ plays a pass or a
training, plots/ are curves and regions, report/ is a diagnosis on one page.
"""
