"""Times iicd's objective beside the authors' form of it in PyTorch; Benchmarks/peers loss.

The authors compute all joints as one convolution, the second view being the kernel, and leave the
way back to autograd. Both sides start from the same heads' maps and end with their gradients.
"""
import json
import os
import statistics
import time

from peerreport import SIDE, describe_machine, iicbench, note

CLASSES = 24
EPSILON = 2.220446049250313e-16


def add_command(commands, common):
    one = commands.add_parser(
        "loss", parents=[common], help="training: the objective alone, forward and back")
    one.add_argument("--batch", type=int, help="pairs of views (default: 75)")
    one.add_argument("--peer-batch", type=int, metavar="N",
                     help="pairs for PyTorch, whose time is linear in them (default: 5)")
    one.add_argument("--step-seconds", type=float, metavar="S",
                     help="time of a whole step of iicd at this batch, to tell the objective's share")
    one.set_defaults(run=run)


def information(p, pi, pj):
    p, pi, pj = p.clamp(min=EPSILON), pi.clamp(min=EPSILON), pj.clamp(min=EPSILON)
    return (-p * (p.log() - pi.log() - pj.log())).sum()


def authors_loss(maps, flips, half):
    """The uncollapsed loss of two views' maps, each (N, K, 98, 98)."""
    import torch
    from torch.nn import functional

    first, second = (
        functional.interpolate(part, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
        for part in maps)
    second = torch.where(flips[:, None, None, None], second.flip(3), second)
    mask = torch.ones(len(first), 1, SIDE, SIDE, dtype=first.dtype)
    first = (first * mask).permute(1, 0, 2, 3).contiguous()
    second = (second * mask).permute(1, 0, 2, 3).contiguous()
    p = functional.conv2d(first, weight=second, padding=(half, half)).permute(2, 3, 0, 1)
    p = p / p.sum(dim=(2, 3), keepdim=True)
    p = (p + p.transpose(2, 3)) / 2
    pi = p.sum(dim=2, keepdim=True).expand_as(p)
    pj = p.sum(dim=3, keepdim=True).expand_as(p)
    return information(p, pi, pj) / (p.shape[0] * p.shape[1])


def authors_step(logits, half):
    """Seconds of loss and gradient, the loss, and the gradients (2, N, H, W, K).

    As precise as the logits are.
    """
    import torch

    probabilities = torch.tensor(logits).softmax(-1).permute(0, 1, 4, 2, 3)
    maps = [part.contiguous().requires_grad_() for part in probabilities]
    flips = torch.arange(len(maps[0])) % 2 == 0
    begin = time.perf_counter()
    loss = authors_loss(maps, flips, half)
    loss.backward()
    seconds = time.perf_counter() - begin
    gradients = torch.stack([part.grad for part in maps]).permute(0, 1, 3, 4, 2)
    return seconds, loss.item(), gradients.contiguous().numpy()


def run(arguments, report):
    import numpy
    import torch

    torch.set_num_threads(arguments.threads)
    batch = arguments.batch or (4 if arguments.quick else 75)
    peer_batch = min(batch, arguments.peer_batch or (1 if arguments.quick else 5))
    describe_machine(report, arguments)

    def own(half, count, *more):
        return json.loads(iicbench(
            "loss", "--batch", count, "--classes", CLASSES, "--displacement-radius", half, "--threads",
            arguments.threads, "--repeat", 1, *more))

    # Before any timing: both must compute the same, PyTorch in 64 bits too.
    side = own(1, 1)["mapSide"]
    random = numpy.random.default_rng(1)
    shape = (peer_batch, -(-side // 7), -(-side // 7), CLASSES)
    # Patches of 7 pixels that both views share, under noise.
    patches = random.normal(0, 3, shape).repeat(7, 1).repeat(7, 2)[:, :side, :side]
    logits = random.normal(0, 1, (2, peer_batch, side, side, CLASSES)).astype(numpy.float32)
    logits[0] += patches
    patches[::2] = patches[::2, :, ::-1]
    logits[1] += patches
    source = os.path.join(arguments.work, "logits.f32")
    target = os.path.join(arguments.work, "gradients.f32")
    logits[:, :1].tofile(source)
    for half in (1, 10):
        mine = own(half, 1, "--input", source, "--dump", target)["loss"]
        _, loss, gradients = authors_step(logits[:, :1].astype(numpy.float64), half)
        dumped = numpy.fromfile(target, numpy.float32).reshape(gradients.shape)
        difference = float(abs(dumped - gradients).max() / abs(gradients).max())
        report.line(
            f"h {half}: loss {mine:.6f}, PyTorch's {loss:.6f}; greatest difference of a gradient "
            f"{difference:.1e} of the largest")
        if not (abs(mine - loss) < 1e-5 * abs(loss) and difference < 1e-4):
            raise SystemExit("peers: they do not compute the same, so that speeds say nothing.")

    rounds = arguments.rounds or (1 if arguments.quick else 3)
    times = {(who, half): [] for who in ("PyTorch", "iicd") for half in (1, 10)}
    for number in range(rounds):
        for half in (1, 10):
            note(f"Round {number + 1} of {rounds}, h {half}")
            times["PyTorch", half].append(authors_step(logits, half)[0] / peer_batch)
            times["iicd", half].append(own(half, batch)["seconds"][0] / batch)

    median = {key: statistics.median(values) for key, values in times.items()}
    rows = [["", "h", "s/pair", "batch of 75", "min..max s/pair", "times faster"]]
    for (who, half), values in times.items():
        ratio = median["PyTorch", half] / median[who, half]
        rows.append([
            who, str(half), f"{median[who, half]:.4f}", f"{75 * median[who, half]:.2f} s",
            f"{min(values):.4f}..{max(values):.4f}", "" if who == "PyTorch" else f"{ratio:.0f}"])
    report.line()
    report.table(rows, left=1)
    report.line()
    report.line(
        f"Uncollapsed loss, K {CLASSES}, {SIDE} × {SIDE} pixels from maps of {side} × {side}, every "
        f"other view flipped; median of {rounds} rounds, in turns. iicd on {batch} pairs, 64 bits; "
        f"PyTorch {torch.__version__} on {peer_batch}, 32 bits, conv2d with the second view as the "
        f"kernel, forward and backward; its time is linear in the pairs.")
    growth = {who: median[who, 10] / median[who, 1] for who in ("PyTorch", "iicd")}
    report.line(
        f"From h 1 to h 10 the time grows {growth['iicd']:.2f} times; PyTorch's "
        f"{growth['PyTorch']:.0f} times.")
    if arguments.step_seconds:
        share = batch * median["iicd", 10] / arguments.step_seconds
        report.line(
            f"Of a step of {arguments.step_seconds:.1f} s the objective at h 10 takes "
            f"{100 * share:.1f} %.")
