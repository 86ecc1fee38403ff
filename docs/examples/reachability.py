"""Which routers answer, and what do they say? A plain Nornir script: BatchRunner, nornir-netmiko and nornir-utils.

    python reachability.py config.yaml commands.yaml

`config.yaml` is Nornir's own, `commands.yaml` a mapping with a list `commands`. First the SSH port is tried, so that a router that is
down costs two seconds and not a login's patience; sessions are opened only to those that answer, ten at a time.
"""

import sys

from nornir import InitNornir
from nornir.core.task import Result, Task
from nornir_netmiko.tasks import netmiko_send_command
from nornir_utils.plugins.tasks.data import load_yaml
from nornir_utils.plugins.tasks.networking import tcp_ping

from runner.runners.batch import BatchRunner


def ask(task: Task, commands_file: str) -> Result:
    """Try the port, then send the commands; everything a host opened is closed by the runner."""
    port = task.host.port or 22
    if not task.run(tcp_ping, ports=[port])[0].result[port]:
        return Result(host=task.host, failed=True, result=f"port {port} does not answer")
    commands = task.run(load_yaml, file=commands_file)[0].result["commands"]
    answers = [task.run(netmiko_send_command, command_string=command)[0].result for command in commands]
    return Result(host=task.host, result=" | ".join(answer.strip().splitlines()[0] for answer in answers))


def main(config_file: str, commands_file: str) -> int:
    """Print a line for each host; 1 when one of them failed."""
    nornir = InitNornir(config_file=config_file, logging={"enabled": False}).with_runner(BatchRunner(batch_size=10))
    results = nornir.run(task=ask, commands_file=commands_file)
    for host, result in results.items():
        sys.stdout.write(f"{host}: {'FAILED, ' if result.failed else ''}{str(result[0].result).strip().splitlines()[-1]}\n")
    return int(results.failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
