/// A graph with all that a file of it says.
///
/// Field numbers are those of `onnx.proto`, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
struct ONNXFile: Sendable {
    /// The operators' version: one that runtimes from 2021 on know.
    static let operators = 13
    /// The form's version; 7 came with those operators.
    private static let form = 7

    var graph: ONNXGraph
    /// Of the graph.
    var name: String
    /// For people to read.
    var description: String
    /// Whatever else programs look for.
    var metadata: [String: String]

    /// The whole file; equal content gives equal bytes.
    var serialised: [UInt8] {
        var model = ProtobufWriter()
        model.write(Self.form, field: 1)
        model.write("iicd", field: 2)
        model.write(Software.version, field: 3)
        model.write(description, field: 6)
        model.write(field: 7) { graph.write(to: &$0, name: name) }
        model.write(field: 8) {
            $0.write("", field: 1)
            $0.write(Self.operators, field: 2)
        }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            model.write(field: 14) {
                $0.write(name, field: 1)
                $0.write(value, field: 2)
            }
        }
        return model.bytes
    }
}

extension ONNXGraph {
    fileprivate func write(to graph: inout ProtobufWriter, name: String) {
        for node in nodes { graph.write(field: 1) { node.write(to: &$0) } }
        graph.write(name, field: 2)
        for tensor in constants { graph.write(field: 5) { tensor.write(to: &$0) } }
        graph.write(field: 11) { input.write(to: &$0) }
        for output in outputs { graph.write(field: 12) { output.write(to: &$0) } }
    }
}

extension ONNXGraph.Node {
    fileprivate func write(to node: inout ProtobufWriter) {
        for input in inputs { node.write(input, field: 1) }
        node.write(name, field: 2)
        node.write(name, field: 3)
        node.write(operation, field: 4)
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            node.write(field: 5) { attribute in
                attribute.write(name, field: 1)
                switch value {
                case .integer(let number):
                    attribute.write(number, field: 3)
                    attribute.write(2, field: 20)
                case .text(let text):
                    attribute.write(text, field: 4)
                    attribute.write(3, field: 20)
                case .integers(let numbers):
                    for number in numbers { attribute.write(number, field: 8) }
                    attribute.write(7, field: 20)
                }
            }
        }
    }
}

extension ONNXGraph.Value {
    fileprivate func write(to value: inout ProtobufWriter) {
        value.write(name, field: 1)
        value.write(field: 2) { type in
            type.write(field: 1) { tensor in
                tensor.write(ONNXTensor.NumberType.float32.rawValue, field: 1)
                tensor.write(field: 2) { shape in
                    for side in sides {
                        shape.write(field: 1) { dimension in
                            switch side {
                            case .fixed(let count): dimension.write(count, field: 1)
                            case .any(let name): dimension.write(name, field: 2)
                            }
                        }
                    }
                }
            }
        }
    }
}

extension ONNXTensor {
    fileprivate func write(to tensor: inout ProtobufWriter) {
        for side in shape { tensor.write(side, field: 1) }
        tensor.write(type.rawValue, field: 2)
        tensor.write(name, field: 8)
        tensor.write(data, field: 9)
    }
}
