/// Operations on tensors, each after those that it needs.
///
/// Source: the format's description at https://onnx.ai/onnx/intro and its operators at
/// https://onnx.ai/onnx/operators.
struct ONNXGraph: Sendable {
    enum Attribute: Sendable {
        case integer(Int)
        case integers([Int])
        case text(String)
    }

    /// One operation; its one output has its name.
    struct Node: Sendable {
        let name: String
        let operation: String
        /// Names; an empty one is left out.
        let inputs: [String]
        let attributes: [String: Attribute]
    }

    /// A side of an input or output.
    enum Side: Sendable {
        case fixed(Int)
        /// Any number, the same wherever the name is.
        case any(String)
    }

    /// An input or output of 32-bit floats.
    struct Value: Sendable {
        let name: String
        let sides: [Side]
    }

    private(set) var nodes: [Node] = []
    private(set) var constants: [ONNXTensor] = []
    let input: Value
    var outputs: [Value] = []

    init(input: Value) { self.input = input }

    /// Adds a constant.
    ///
    /// - Returns: its name.
    mutating func add(_ constant: ONNXTensor) -> String {
        constants.append(constant)
        return constant.name
    }

    /// Adds an operation.
    ///
    /// - Returns: its output's name, which is its own.
    mutating func add(
        _ operation: String, _ inputs: [String], _ attributes: [String: Attribute] = [:],
        name: String
    ) -> String {
        nodes.append(
            Node(name: name, operation: operation, inputs: inputs, attributes: attributes))
        return name
    }

    /// Adds a convolution of stride 1 whose output has a pixel more on each side for each of
    /// `padding`, less what the kernel takes.
    ///
    /// - Parameters:
    ///   - weights: `[out, in / groups, rows, columns]`.
    ///   - bias: `[out]`.
    mutating func convolve(
        _ input: String, weights: ONNXTensor, bias: ONNXTensor? = nil, padding: Int = 0,
        dilation: Int = 1, groups: Int = 1, name: String
    ) -> String {
        let inputs = [input, add(weights)] + (bias.map { [add($0)] } ?? [])
        return add(
            "Conv", inputs,
            [
                "dilations": .integers([dilation, dilation]), "group": .integer(groups),
                "kernel_shape": .integers(Array(weights.shape[2...])),
                "pads": .integers(Array(repeating: padding, count: 4)),
                "strides": .integers([1, 1]),
            ], name: name)
    }

    /// Adds the mean of the pixels around each, the image's own ones only.
    ///
    /// - Parameter reach: rows and columns on each side.
    mutating func mean(_ input: String, reach: Int, name: String) -> String {
        add(
            "AveragePool", [input],
            [
                "count_include_pad": .integer(0),
                "kernel_shape": .integers([2 * reach + 1, 2 * reach + 1]),
                "pads": .integers(Array(repeating: reach, count: 4)),
                "strides": .integers([1, 1]),
            ], name: name)
    }

    mutating func softmax(_ input: String, name: String) -> String {
        add("Softmax", [input], ["axis": .integer(1)], name: name)
    }

    /// Adds tensors one below the other along an axis.
    mutating func join(_ inputs: [String], axis: Int = 1, name: String) -> String {
        add("Concat", inputs, ["axis": .integer(axis)], name: name)
    }

    mutating func cast(_ input: String, to type: ONNXTensor.NumberType, name: String) -> String {
        add("Cast", [input], ["to": .integer(type.rawValue)], name: name)
    }
}
