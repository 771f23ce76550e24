"""Times iicd's maps beside PyTorch, ONNX Runtime and OpenVINO; Benchmarks/peers network.

Each peer is a class with named configurations; it runs in a process of its own (the command
"worker"), which waits without using the processor while others have their turn.
"""
import concurrent.futures
import json
import os
import statistics
import subprocess
import sys
import time

from peerreport import (
    ENVIRONMENT, FOLDER, SIDE, describe_machine, iicbench, note, output_of, seconds_of)

#       authors' number, dilation, pooled
LAYERS = [(0, 1, False), (3, 1, True), (7, 1, False), (10, 1, False), (13, 2, False), (16, 2, False)]
EPSILON = 1e-5


def add_command(commands, common):
    one = commands.add_parser(
        "network", parents=[common], help="maps: the network alone, and whole scenes")
    one.add_argument("--size", type=int, help="pixels a side of the scene (default: 6000)")
    one.add_argument("--widths", type=lambda text: [float(part) for part in text.split(",")],
                     default=[1.0, 0.25], help="of the network (default: 1,0.25)")
    one.add_argument("--engine", type=lambda name: ["--engine", name], default=[], metavar="NAME",
                     help="iicbench's engine for “iicd network”")
    one.add_argument("--segment-rounds", type=int, help="maps of the scene (default: 3)")
    one.set_defaults(run=run)

    inner = commands.add_parser("worker")
    inner.add_argument("--peer")
    inner.add_argument("--model")
    inner.add_argument("--tiles-file")
    inner.add_argument("--tiles", type=int)
    inner.add_argument("--threads", type=int)
    inner.set_defaults(run=None)


def read_tiles(path, count):
    """(N, 4, 200, 200) from the file that iicd reads as (N, 200, 200, 4)."""
    import numpy

    values = numpy.fromfile(path, numpy.float32, count * SIDE * SIDE * 4)
    return numpy.ascontiguousarray(values.reshape(count, SIDE, SIDE, 4).transpose(0, 3, 1, 2))


# The network in paper geometry, by the authors' names. Peers make what a map needs: the
# probabilities of head B at 200 × 200.


def torch_network(tensors):
    """PyTorch's own way for inference: each batch norm folded into its convolution."""
    import torch
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    layers = []
    for number, dilation, pooled in LAYERS:
        weight = tensors[f"trunk.features.{number}.weight"]
        outputs, inputs = weight.shape[:2]
        convolution = nn.Conv2d(inputs, outputs, 3, padding=1, dilation=dilation, bias=False)
        norm = nn.BatchNorm2d(outputs, eps=EPSILON)
        convolution.load_state_dict({"weight": torch.tensor(weight)})
        parts = ["weight", "bias", "running_mean", "running_var"]
        norm.load_state_dict(
            {part: torch.tensor(tensors[f"trunk.features.{number + 1}.{part}"]) for part in parts},
            strict=False)
        layers += [fuse_conv_bn_eval(convolution.eval(), norm.eval()), nn.ReLU(inplace=True)]
        if pooled:
            layers.append(nn.MaxPool2d(2, 2))
    weight = tensors["head_B.heads.0.0.weight"]
    # Padding makes a ring of zero logits around the head's map.
    head = nn.Conv2d(weight.shape[1], weight.shape[0], 1, padding=1, bias=False)
    head.load_state_dict({"weight": torch.tensor(weight)})
    layers += [head, nn.Softmax(1), nn.Upsample((SIDE, SIDE), mode="bilinear", align_corners=False)]
    return nn.Sequential(*layers).eval()


def onnx_network(tensors, batch):
    """The same as an ONNX model of a fixed batch; runtimes fold the batch norms themselves.

    Written node by node, since PyTorch's exporters change with every version of it.
    """
    import numpy
    from onnx import TensorProto, checker, helper, numpy_helper

    constants, nodes = [], []
    value = "input"

    def constant(name, array):
        constants.append(numpy_helper.from_array(numpy.ascontiguousarray(array), name))
        return name

    def node(kind, *inputs, **attributes):
        nonlocal value
        output = f"{kind}{len(nodes)}"
        nodes.append(helper.make_node(kind, [value, *inputs], [output], **attributes))
        value = output

    for number, dilation, pooled in LAYERS:
        name = f"trunk.features.{number}.weight"
        node("Conv", constant(name, tensors[name]), kernel_shape=[3, 3], pads=[1] * 4,
             dilations=[dilation] * 2)
        names = [f"trunk.features.{number + 1}.{part}"
                 for part in ("weight", "bias", "running_mean", "running_var")]
        node("BatchNormalization", *[constant(name, tensors[name]) for name in names],
             epsilon=EPSILON)
        node("Relu")
        if pooled:
            node("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    name = "head_B.heads.0.0.weight"
    node("Conv", constant(name, tensors[name]), kernel_shape=[1, 1], pads=[1] * 4)
    node("Softmax", axis=1)
    classes = tensors[name].shape[0]
    shape = [batch, classes, SIDE, SIDE]
    node("Resize", "", "", constant("sizes", numpy.array(shape, numpy.int64)), mode="linear",
         coordinate_transformation_mode="half_pixel")
    graph = helper.make_graph(
        nodes, "network",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [batch, 4, SIDE, SIDE])],
        [helper.make_tensor_value_info(value, TensorProto.FLOAT, shape)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    return model.SerializeToString()


# Peers. configurations: a name, and what prepares (tiles) → run() → list of outputs.


def batches(tiles, size):
    return [tiles[start:start + size] for start in range(0, len(tiles), size)]


class PyTorch:
    name = "PyTorch"

    def __init__(self, tensors, threads):
        import torch

        torch.set_num_threads(threads)
        self.network = torch_network(tensors).to(memory_format=torch.channels_last)
        self.configurations = {
            f"channels-last, batch {size}": lambda tiles, size=size: self.prepare(tiles, size)
            for size in (1, 4)
        }

    @staticmethod
    def version():
        import torch

        return torch.__version__

    def prepare(self, tiles, size):
        import torch

        inputs = [torch.tensor(batch).contiguous(memory_format=torch.channels_last)
                  for batch in batches(tiles, size)]

        def run():
            with torch.inference_mode():
                return [self.network(batch).numpy() for batch in inputs]

        return run


class ONNXRuntime:
    name = "ONNX Runtime"

    def __init__(self, tensors, threads):
        self.tensors = tensors
        self.configurations = {
            f"batch 1, {threads} × 1 thread": lambda tiles: self.prepare(tiles, 1, threads, 1),
            **{f"batch {size}": lambda tiles, size=size: self.prepare(tiles, size, 1, threads)
               for size in (1, 4)},
        }

    @staticmethod
    def version():
        import onnxruntime

        return onnxruntime.__version__

    def prepare(self, tiles, size, sessions, threads):
        """So many sessions of so many threads each, which share the batches."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        model = onnx_network(self.tensors, size)
        all_sessions = [
            onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            for _ in range(sessions)]
        inputs = batches(tiles, size)
        pool = concurrent.futures.ThreadPoolExecutor(sessions)

        def part(index):
            session = all_sessions[index]
            return [session.run(None, {"input": batch})[0] for batch in inputs[index::sessions]]

        def run():
            if sessions == 1:
                return part(0)
            results = list(pool.map(part, range(sessions)))
            return [results[index % sessions][index // sessions] for index in range(len(inputs))]

        return run


class OpenVINO:
    name = "OpenVINO"

    def __init__(self, tensors, threads):
        self.tensors = tensors
        self.threads = threads
        self.configurations = {
            f"{hint}, batch {size}":
                lambda tiles, hint=hint, size=size: self.prepare(tiles, size, hint)
            for hint in ("throughput", "latency") for size in (1, 4)
        }

    @staticmethod
    def version():
        import openvino

        return openvino.__version__.split("-")[0]

    def prepare(self, tiles, size, hint):
        import openvino

        core = openvino.Core()
        settings = {
            "PERFORMANCE_HINT": hint.upper(), "INFERENCE_NUM_THREADS": self.threads,
            "NUM_STREAMS": self.threads if hint == "throughput" else 1,
            # Its own choice is bfloat16 where the processor has it, and all others compute in
            # float32: probabilities would differ by hundredths.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        compiled = core.compile_model(
            core.read_model(onnx_network(self.tensors, size)), "CPU", settings)
        inputs = batches(tiles, size)
        queue = openvino.AsyncInferQueue(compiled, settings["NUM_STREAMS"])
        outputs = [None] * len(inputs)

        def keep(request, index):
            outputs[index] = request.get_output_tensor().data.copy()

        queue.set_callback(keep)

        def run():
            for index, batch in enumerate(inputs):
                queue.start_async({0: batch}, userdata=index, share_inputs=True)
            queue.wait_all()
            return outputs

        return run


PEERS = [PyTorch, ONNXRuntime, OpenVINO]


def worker(arguments):
    """The process of one peer: a JSON request a line in, a JSON answer a line out."""
    import numpy
    import safetensors.numpy

    # Libraries that print must not break into the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer = next(peer for peer in PEERS if peer.name == arguments.peer)
    tiles = read_tiles(arguments.tiles_file, arguments.tiles)
    tensors = safetensors.numpy.load_file(arguments.model)
    runs = {}
    instance = peer(tensors, arguments.threads)

    def timed(run):
        begin = time.perf_counter()
        run()
        return time.perf_counter() - begin

    for line in sys.stdin:
        request = json.loads(line)
        answer = {}
        if request["do"] == "choose":
            # The fastest of its configurations counts.
            times = {}
            for name, prepare in instance.configurations.items():
                runs[name] = prepare(tiles)
                runs[name]()
                times[name] = min(timed(runs[name]) for _ in range(2))
            best = min(times, key=times.get)
            runs = {best: runs[best]}
            answer = {"version": peer.version(), "best": best,
                      "speeds": {name: len(tiles) / value for name, value in times.items()}}
        elif request["do"] == "run":
            answer = {"seconds": timed(*runs.values())}
        elif request["do"] == "output":
            [run] = runs.values()
            numpy.concatenate(run())[:1].transpose(0, 2, 3, 1).tofile(request["file"])
        print(json.dumps(answer), file=answers)


class Worker:
    """A peer in its own process."""

    def __init__(self, peer, model, tiles_file, tiles, threads):
        self.name = peer.name
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(FOLDER, "peers.py"), "worker", "--peer", peer.name, "--model",
             model, "--tiles-file", tiles_file, "--tiles", str(tiles), "--threads", str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)

    def ask(self, do, **request):
        print(json.dumps({"do": do, **request}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"peers: {self.name} ended; what it said is above.")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Speeds:
    """Tiles a second of one contestant, one a round."""

    def __init__(self, name, is_peer=False):
        self.name = name
        self.is_peer = is_peer
        self.values = []

    @property
    def median(self):
        return statistics.median(self.values)


def network_rows(report, width, scene, arguments):
    """Times all contestants at one width; gives the rows of the table."""
    import numpy

    work, threads = arguments.work, arguments.threads
    model = os.path.join(work, f"width-{width:g}.safetensors")
    tiles_file = os.path.join(work, "tiles.f32")
    iicbench("model", "--width", width, "-o", model)
    # About the same work at each width, and the same for each thread in batches of 1, 2, 3, 4 and 6.
    tiles = 12 * threads * max(1, min(round(1 / width ** 2), 1 if arguments.quick else 10))
    numpy.random.default_rng(1).random((tiles, SIDE, SIDE, 4), numpy.float32).tofile(tiles_file)

    note(f"Width {width:g}: choosing each peer's configuration")
    workers = []
    for peer in PEERS:
        worker = Worker(peer, model, tiles_file, tiles, threads)
        answer = worker.ask("choose")
        workers.append((worker, Speeds(f"{peer.name} {answer['version']}, {answer['best']}", True)))
        for name, speed in answer["speeds"].items():
            note(f"  {peer.name}, {name}: {speed:.2f} tiles/s")

    # Before any timing: what computes something else may not take part.
    outputs = {}
    for worker, _ in workers:
        path = os.path.join(work, "output.f32")
        worker.ask("output", file=path)
        outputs[worker.name] = numpy.fromfile(path, numpy.float32)
    path = os.path.join(work, "iicd.f32")
    iicbench("network", "-m", model, "--tiles", 1, "--repeat", 1, "--input", tiles_file,
             "--dump", path, *arguments.engine)
    outputs["iicd"] = numpy.fromfile(path, numpy.float32)
    differences = {name: float(abs(output - outputs["PyTorch"]).max())
                   for name, output in outputs.items() if name != "PyTorch"}
    report.line(
        f"Width {width:g}, greatest difference of a probability from PyTorch's: "
        + ", ".join(f"{name} {value:.1e}" for name, value in differences.items()))
    if not all(value < 1e-3 for value in differences.values()):
        sys.exit("peers: they do not compute the same, so their speeds cannot be compared.")

    def own_seconds(count, batch):
        answer = json.loads(iicbench(
            "network", "-m", model, "--geometry", "paper", "--tiles", tiles, "--batch", batch,
            "--threads", count, "--repeat", 1, "--input", tiles_file, *arguments.engine))
        return answer["seconds"][0]

    batch = min([1, 3, 6], key=lambda batch: own_seconds(threads, batch))
    own = {count: Speeds(
               f"iicd network (paper), batch {batch}, {count} thread{'s' * (count > 1)}")
           for count in dict.fromkeys([threads, 1])}
    for number in range(arguments.rounds):
        note(f"Width {width:g}: round {number + 1} of {arguments.rounds}")
        for worker, speeds in workers:
            speeds.values.append(tiles / worker.ask("run")["seconds"])
        for count, speeds in own.items():
            speeds.values.append(tiles / own_seconds(count, batch))
    for worker, _ in workers:
        worker.close()

    segment = []
    area = arguments.size ** 2 / SIDE ** 2
    for count, rounds in {1: 1, threads: arguments.segment_rounds}.items():
        speeds = Speeds(f"iicd segment (seamless), {count} thread{'s' * (count > 1)}")
        for number in range(rounds):
            note(f"Width {width:g}: {speeds.name}, {number + 1} of {rounds}")
            speeds.values.append(area / seconds_of(segment_command(scene, model, count, work)))
        segment.insert(0, speeds)

    contestants = [speeds for _, speeds in workers] + list(own.values()) + segment
    fastest = max(speeds.median for speeds in contestants if speeds.is_peer)
    return [
        [f"{width:g}", speeds.name, f"{speeds.median:.2f}", f"{speeds.median / fastest:.2f}",
         f"{min(speeds.values):.2f}..{max(speeds.values):.2f}"]
        for speeds in contestants]


def segment_command(scene, model, threads, work):
    return [os.environ["IICD"], "segment", scene, "-m", model, "-o", os.path.join(work, "map.tif"),
            "--geometry", "seamless", "--threads", str(threads)]


def sample(work, size):
    folder = os.path.join(work, f"scene-{size}")
    scene = os.path.join(folder, "scene.tif")
    if not os.path.exists(scene):
        note(f"Making a scene of {size} × {size}")
        output_of([os.environ["IICD"], "sample", folder, "--size", str(size)])
    return scene


def run(arguments, report):
    arguments.rounds = arguments.rounds or (2 if arguments.quick else 7)
    arguments.size = arguments.size or (600 if arguments.quick else 6000)
    arguments.segment_rounds = arguments.segment_rounds or (1 if arguments.quick else 3)
    describe_machine(report, arguments)
    scene = sample(arguments.work, arguments.size)
    rows = [["width", "", "tiles/s", "to fastest peer", "min..max"]]
    for width in arguments.widths:
        rows += network_rows(report, width, scene, arguments)
    small = sample(arguments.work, SIDE)
    model = os.path.join(arguments.work, f"width-{arguments.widths[0]:g}.safetensors")
    starts = [seconds_of(segment_command(small, model, arguments.threads, arguments.work))
              for _ in range(5)]
    report.line()
    report.table(rows, left=2)
    report.line()
    report.line(
        f"A tile is {SIDE} × {SIDE} pixels. Peers and “iicd network” compute tiles that are in "
        f"memory, in float32; median of {arguments.rounds} rounds, in turns. “iicd segment” maps "
        f"a scene of {arguments.size} × {arguments.size} pixels with its own context around each "
        f"tile, from the start of the process to its end.")
    report.line(
        f"iicd segment on a scene of one tile, width {arguments.widths[0]:g}, from start to end: "
        f"{statistics.median(starts):.2f} s")
