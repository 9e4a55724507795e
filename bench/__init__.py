"""Throughput and cost, as ratios to a bare Bolt app in the same run: `make bench`."""
