"""The documentation is tested: links, playbooks, commands and scripts in it hold, and the reference is what the code says."""
