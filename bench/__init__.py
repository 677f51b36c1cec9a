"""Benchmarks: what is printed here is measured, never asserted. `./run bench` runs all, `./run bench NAME` one."""
