"""Times iicd beside PyTorch, ONNX Runtime and OpenVINO; Benchmarks/peers runs it.

A command (network, loss, train) is a module: add_command, and run(arguments, report).
"""
import argparse
import os
import sys

import losspeers
import networkpeers
import trainpeers
from peerreport import FOLDER, Report


def parse(command_line):
    parser = argparse.ArgumentParser(
        prog="Benchmarks/peers", description="Compares iicd with what else can do its work.")
    commands = parser.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    common.add_argument("--threads", type=int, default=2, help="for all (default: 2)")
    common.add_argument("--rounds", type=int, help="turns of each contestant (default: 7)")
    common.add_argument("--work", default=os.path.join(FOLDER, ".build", "work"), metavar="FOLDER",
                        help="for scenes and models (default: Benchmarks/.build/work)")
    common.add_argument("--keep", metavar="NAME", help="also write the result to docs/runs/NAME")

    networkpeers.add_command(commands, common)
    losspeers.add_command(commands, common)
    trainpeers.add_command(commands, common)

    arguments = parser.parse_args(command_line)
    arguments.command_line = command_line
    return arguments


def main():
    arguments = parse(sys.argv[1:])
    if arguments.command == "worker":
        return networkpeers.worker(arguments)
    os.makedirs(arguments.work, exist_ok=True)
    report = Report()
    arguments.run(arguments, report)
    if arguments.keep:
        report.keep(arguments.keep)


if __name__ == "__main__":
    main()
