"""Nornir runner plugins: how the hosts of a run are spread over time. Each works alone in anyone's Nornir script."""
