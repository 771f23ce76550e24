import Foundation

/// Runs a graph from its operators' definitions (https://onnx.ai/onnx/operators, version 13), in
/// double precision: slow, and short.
struct ONNXInterpreter {
    let model: ONNXModelReader

    /// Values of all outputs, by name.
    func run(_ image: PlainTensor) -> [String: PlainTensor] {
        var values = model.constants
        values[model.inputs[0].name] = image
        for node in model.nodes {
            let inputs = node.inputs.map { name -> PlainTensor? in
                guard !name.isEmpty else { return nil }
                guard let value = values[name] else { preconditionFailure("no value \(name)") }
                return value
            }
            precondition(values[node.output] == nil, "\(node.output) twice")
            values[node.output] = result(node, inputs)
        }
        return model.outputs.reduce(into: [:]) { $0[$1.name] = values[$1.name] }
    }

    private func result(_ node: ONNXModelReader.Node, _ inputs: [PlainTensor?]) -> PlainTensor {
        let given = inputs.compactMap(\.self)
        let (x, last) = (given[0], given[given.count - 1])
        func each(_ change: (Double) -> Double) -> PlainTensor {
            PlainTensor(x.numbers.map(change), shape: x.shape)
        }
        /// Element by element; the second may have one channel for all.
        func both(_ change: (Double, Double) -> Double) -> PlainTensor {
            let (plane, channels) = (x.shape[2] * x.shape[3], x.shape[1])
            let shared = last.shape[1] == 1
            return PlainTensor(
                x.numbers.indices.map { index in
                    let other = shared ? index / plane / channels * plane + index % plane : index
                    return change(x.numbers[index], last.numbers[other])
                }, shape: x.shape)
        }
        switch node.operation {
        case "Clip": return each { min(max($0, given[1].numbers[0]), given[2].numbers[0]) }
        case "Relu": return each { max($0, 0) }
        case "Sqrt": return each { $0.squareRoot() }
        case "Cast":
            return node.numbers["to"] == [10] ? each { Double(Float16($0)) } : x
        case "Mul": return both(*)
        case "Add": return both(+)
        case "Sub": return both(-)
        case "Div": return both(/)
        case "Shape": return PlainTensor(x.shape)
        case "Slice": return slice(given)
        case "Concat": return join(given, axis: node.numbers["axis"]?[0] ?? 0)
        case "Conv": return convolve(node, x, given[1], given.count > 2 ? given[2] : nil)
        case "MaxPool": return pool(node, x) { $0.max() ?? 0 }
        case "AveragePool": return pool(node, x) { $0.reduce(0, +) / Double($0.count) }
        case "Softmax": return channelwise(x) { Self.softmax($0) }
        case "ReduceMax": return channelwise(x) { [$0.max() ?? 0] }
        case "ReduceSum": return channelwise(x) { [$0.reduce(0, +)] }
        case "Gather": return channelwise(x) { values in last.integers.map { values[$0] } }
        case "Resize":
            return resize(node, x, scales: inputs[2], sizes: inputs.count > 3 ? last : nil)
        default: preconditionFailure("no operator \(node.operation)")
        }
    }

    static func softmax(_ values: [Double]) -> [Double] {
        let powers = values.map { exp($0 - (values.max() ?? 0)) }
        return powers.map { $0 / powers.reduce(0, +) }
    }

    /// What each pixel's channels become.
    private func channelwise(_ x: PlainTensor, _ change: ([Double]) -> [Double]) -> PlainTensor {
        let (n, c, plane) = (x.shape[0], x.shape[1], x.shape[2] * x.shape[3])
        var (numbers, channels): ([Double], Int) = ([], 0)
        for image in 0..<n {
            let pixels = (0..<plane).map { pixel in
                change((0..<c).map { x.numbers[(image * c + $0) * plane + pixel] })
            }
            channels = pixels[0].count
            for k in 0..<channels { numbers += pixels.map { $0[k] } }
        }
        return PlainTensor(numbers, shape: [n, channels, x.shape[2], x.shape[3]])
    }

    /// Of a vector, or rows and columns of images from the first on.
    private func slice(_ given: [PlainTensor]) -> PlainTensor {
        let (x, starts, ends) = (given[0], given[1].integers, given[2].integers)
        guard given.count > 3 else {
            return PlainTensor(Array(x.integers[starts[0]..<ends[0]]))
        }
        precondition(given[3].integers == [2, 3] && starts == [0, 0])
        let (h, w) = (min(ends[0], x.shape[2]), min(ends[1], x.shape[3]))
        return grid(x, height: h, width: w) { plane, y, x in plane(y, x) }
    }

    private func join(_ given: [PlainTensor], axis: Int) -> PlainTensor {
        guard axis == 1 else { return PlainTensor(given.flatMap(\.integers)) }
        var shape = given[0].shape
        shape[1] = given.map { $0.shape[1] }.reduce(0, +)
        var numbers: [Double] = []
        for image in 0..<shape[0] {
            for part in given {
                let size = part.numbers.count / shape[0]
                numbers += part.numbers[image * size..<(image + 1) * size]
            }
        }
        return PlainTensor(numbers, shape: shape)
    }

    /// Each plane made anew: `value` is given what the old one holds at a row and column.
    private func grid(
        _ x: PlainTensor, height: Int, width: Int,
        _ value: (_ plane: (Int, Int) -> Double, _ y: Int, _ x: Int) -> Double
    ) -> PlainTensor {
        let (h, w) = (x.shape[2], x.shape[3])
        var numbers: [Double] = []
        for start in stride(from: 0, to: x.numbers.count, by: h * w) {
            for row in 0..<height {
                for column in 0..<width {
                    numbers.append(value({ x.numbers[start + $0 * w + $1] }, row, column))
                }
            }
        }
        return PlainTensor(numbers, shape: [x.shape[0], x.shape[1], height, width])
    }

    /// Square windows of the image's own pixels.
    private func pool(
        _ node: ONNXModelReader.Node, _ x: PlainTensor, _ value: ([Double]) -> Double
    ) -> PlainTensor {
        precondition(node.numbers["count_include_pad", default: [0]] == [0])
        let (size, step) = (node.numbers["kernel_shape"]?[0] ?? 0, node.numbers["strides"]?[0] ?? 1)
        let (padding, ceiling) = (node.numbers["pads"]?[0] ?? 0, node.numbers["ceil_mode"] == [1])
        let (h, w) = (x.shape[2], x.shape[3])
        func count(_ side: Int) -> Int {
            (side + 2 * padding - size + (ceiling ? step - 1 : 0)) / step + 1
        }
        return grid(x, height: count(h), width: count(w)) { plane, y, x in
            var found: [Double] = []
            for row in y * step - padding..<y * step - padding + size where 0..<h ~= row {
                for column in x * step - padding..<x * step - padding + size where 0..<w ~= column {
                    found.append(plane(row, column))
                }
            }
            return value(found)
        }
    }

    private func convolve(
        _ node: ONNXModelReader.Node, _ x: PlainTensor, _ weights: PlainTensor, _ bias: PlainTensor?
    ) -> PlainTensor {
        let (padding, dilation) = (
            node.numbers["pads"]?[0] ?? 0, node.numbers["dilations"]?[0] ?? 1
        )
        let (outputs, inputs, size) = (weights.shape[0], weights.shape[1], weights.shape[2])
        let (h, w, groups) = (x.shape[2], x.shape[3], node.numbers["group"]?[0] ?? 1)
        precondition(node.numbers["kernel_shape"] == [size, size] && x.shape[1] == inputs * groups)
        let cut = dilation * (size - 1) - 2 * padding
        let (height, width) = (h - cut, w - cut)
        var numbers: [Double] = []
        for image in 0..<x.shape[0] {
            for output in 0..<outputs {
                var plane = [Double](
                    repeating: bias?.numbers[output] ?? 0, count: height * width)
                for input in 0..<inputs {
                    let channel = output / (outputs / groups) * inputs + input
                    let source = (image * x.shape[1] + channel) * h * w
                    for tap in 0..<size * size {
                        let weight = weights.numbers[(output * inputs + input) * size * size + tap]
                        let (dy, dx) = (tap / size * dilation, tap % size * dilation)
                        for y in 0..<height where 0..<h ~= y + dy - padding {
                            for x0 in 0..<width where 0..<w ~= x0 + dx - padding {
                                let place = source + (y + dy - padding) * w + x0 + dx - padding
                                plane[y * width + x0] += weight * x.numbers[place]
                            }
                        }
                    }
                }
                numbers += plane
            }
        }
        return PlainTensor(numbers, shape: [x.shape[0], outputs, height, width])
    }

    /// Bilinear, with half-pixel centres and edges that go on.
    private func resize(
        _ node: ONNXModelReader.Node, _ x: PlainTensor, scales: PlainTensor?, sizes: PlainTensor?
    ) -> PlainTensor {
        precondition(node.texts["mode"] == "linear")
        precondition(node.texts["coordinate_transformation_mode"] == "half_pixel")
        let sides = (2...3).map { axis in
            sizes?.integers[axis]
                ?? Int((Double(x.shape[axis]) * (scales?.numbers[axis] ?? 1)).rounded(.down))
        }
        func place(_ target: Int, _ axis: Int) -> (low: Int, high: Int, weight: Double) {
            let source = x.shape[axis]
            let scale = scales?.numbers[axis] ?? Double(sides[axis - 2]) / Double(source)
            let position = min(max((Double(target) + 0.5) / scale - 0.5, 0), Double(source - 1))
            let low = Int(position)
            return (low, min(low + 1, source - 1), position - Double(low))
        }
        return grid(x, height: sides[0], width: sides[1]) { plane, y, x in
            let (row, column) = (place(y, 2), place(x, 3))
            func across(_ row: Int) -> Double {
                (1 - column.weight) * plane(row, column.low) + column.weight
                    * plane(row, column.high)
            }
            return (1 - row.weight) * across(row.low) + row.weight * across(row.high)
        }
    }
}
