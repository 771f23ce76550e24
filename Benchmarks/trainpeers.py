"""Times iicd's training steps beside PyTorch's; Benchmarks/peers train.

A step is two views, both heads, the uncollapsed loss, the gradient and Adam. That both compute the
same is what iicd's parity tests check, against steps that PyTorch took.
"""
import json
import statistics
import time

from losspeers import authors_loss
from peerreport import SIDE, describe_machine, iicbench, note

BATCH = 4
#        classes of head A, of head B, h
CASES = [(24, 3, 10), (9, 3, 1)]


def add_command(commands, common):
    one = commands.add_parser("train", parents=[common], help="training: whole steps")
    one.set_defaults(run=run)


def torch_network(classes):
    """SegmentationNet10aTwoHead in paper geometry, up to the heads' maps, channels innermost."""
    import torch
    from torch import nn

    plan = [(64, 1), (128, 1), None, (256, 1), (256, 1), (512, 2), (512, 2)]
    layers, inputs = [], 4
    for entry in plan:
        if entry is None:
            layers.append(nn.MaxPool2d(2, 2))
            continue
        outputs, dilation = entry
        layers += [
            nn.Conv2d(inputs, outputs, 3, padding=1, dilation=dilation, bias=False),
            nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
        inputs = outputs

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.trunk = nn.Sequential(*layers)
            # Padding makes a ring of zero logits around the map.
            self.heads = nn.ModuleList(
                nn.Conv2d(inputs, k, 1, padding=1, bias=False) for k in classes)
            for module in self.modules():
                if isinstance(module, nn.Conv2d):
                    nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

        def forward(self, images):
            features = self.trunk(images)
            return [torch.softmax(head(features), 1) for head in self.heads]

    return Network().to(memory_format=torch.channels_last).train()


class Peer:
    def __init__(self, classes, half):
        import torch

        torch.manual_seed(1)
        self.half = half
        self.network = torch_network(classes)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-5)
        self.views = [torch.rand(BATCH, 4, SIDE, SIDE).contiguous(
            memory_format=torch.channels_last) for _ in range(2)]
        self.flips = torch.ones(BATCH, dtype=torch.bool)

    def step(self):
        """Seconds of one step."""
        begin = time.perf_counter()
        maps = [self.network(view) for view in self.views]
        loss = sum(authors_loss(pair, self.flips, self.half) for pair in zip(*maps)) / 2
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return time.perf_counter() - begin


def run(arguments, report):
    import torch

    torch.set_num_threads(arguments.threads)
    describe_machine(report, arguments)
    rounds = arguments.rounds or (1 if arguments.quick else 3)
    rows = [["K A/B", "h", "", "pairs/s", "min..max", "times faster"]]
    for overclusters, classes, half in CASES:
        peer = Peer((overclusters, classes), half)
        peer.step()
        times = {"PyTorch": [], "iicd": []}
        for number in range(rounds):
            note(f"Round {number + 1} of {rounds}, h {half}")
            times["PyTorch"].append(peer.step())
            times["iicd"] += json.loads(iicbench(
                "train", "--batch", BATCH, "--overclusters", overclusters, "--classes", classes,
                "--displacement-radius", half, "--threads", arguments.threads, "--repeat", 1))["seconds"]
        median = {who: statistics.median(values) for who, values in times.items()}
        for who, values in times.items():
            rows.append([
                f"{overclusters}/{classes}", str(half), who, f"{BATCH / median[who]:.2f}",
                f"{BATCH / max(values):.2f}..{BATCH / min(values):.2f}",
                "" if who == "PyTorch" else f"{median['PyTorch'] / median[who]:.1f}"])
    report.line()
    report.table(rows, left=3)
    report.line()
    report.line(
        f"Steps of {BATCH} pairs of {SIDE} × {SIDE} pixels, width 1, paper geometry, two views, both "
        f"heads, uncollapsed loss, gradient and Adam, 32 bits; median of {rounds} rounds, in turns, "
        f"each after a step to warm up. PyTorch {torch.__version__}, channels innermost.")
