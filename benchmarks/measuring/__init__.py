"""How engines are measured: a process for each, times taken in turns, tables of the results."""
