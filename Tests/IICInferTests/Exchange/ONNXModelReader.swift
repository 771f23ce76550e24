import IICInfer
import Testing

/// A protocol buffer message by its fields' numbers, which are those of `onnx.proto`.
struct ProtobufMessage {
    private var fields: [UInt64: [ProtobufReader.Content]] = [:]

    init(_ bytes: ArraySlice<UInt8>) {
        var reader = ProtobufReader(bytes)
        while let (field, content) = reader.next() { fields[field, default: []].append(content) }
        #expect(reader.isWhole)
    }

    func numbers(_ field: UInt64) -> [Int] {
        (fields[field] ?? []).compactMap { content in
            guard case .number(let bits) = content else { return nil }
            return Int(Int64(bitPattern: bits))
        }
    }

    func bytes(_ field: UInt64) -> [ArraySlice<UInt8>] {
        (fields[field] ?? []).compactMap { content in
            guard case .bytes(let bytes) = content else { return nil }
            return bytes
        }
    }

    func texts(_ field: UInt64) -> [String] {
        bytes(field).map { String(decoding: $0, as: UTF8.self) }
    }

    func messages(_ field: UInt64) -> [ProtobufMessage] { bytes(field).map(ProtobufMessage.init) }
}

/// Numbers of any type in a shape, row-major.
struct PlainTensor: Equatable {
    var shape: [Int]
    var numbers: [Double]

    init(_ numbers: [Double], shape: [Int]) {
        precondition(numbers.count == shape.reduce(1, *), "\(numbers.count) \(shape)")
        self.shape = shape
        self.numbers = numbers
    }

    /// A vector.
    init(_ numbers: [Int]) { self.init(numbers.map(Double.init), shape: [numbers.count]) }

    var integers: [Int] { numbers.map { Int($0) } }

    /// Of a TensorProto with its numbers in `raw_data`.
    init(_ message: ProtobufMessage) {
        let raw = Array(message.bytes(9)[0])
        func numbers(_ size: Int, _ convert: (UInt64) -> Double) -> [Double] {
            stride(from: 0, to: raw.count, by: size).map { start in
                convert(
                    raw[start..<start + size].reversed().reduce(0) { $0 << 8 | UInt64($1) })
            }
        }
        let values: [Double]
        switch message.numbers(2)[0] {
        case 1: values = numbers(4) { Double(Float(bitPattern: UInt32($0))) }
        case 7: values = numbers(8) { Double(Int64(bitPattern: $0)) }
        case 10: values = numbers(2) { Double(Float16(bitPattern: UInt16($0))) }
        default: preconditionFailure("type \(message.numbers(2))")
        }
        self.init(values, shape: message.numbers(1))
    }
}

/// An ONNX file as its bytes say.
struct ONNXModelReader {
    struct Node {
        let operation: String
        let inputs: [String]
        let output: String
        let numbers: [String: [Int]]
        let texts: [String: String]
    }

    let nodes: [Node]
    let constants: [String: PlainTensor]
    /// Types of the constants, by the format's numbers.
    let types: [String: Int]
    /// Names and sides; a side's number, or the name of one that may be any.
    let inputs: [(name: String, sides: [String])]
    let outputs: [(name: String, sides: [String])]
    let metadata: [String: String]
    let operators: [Int]

    init(_ bytes: [UInt8]) {
        let model = ProtobufMessage(bytes[...])
        #expect(model.numbers(1) == [7])
        let graph = model.messages(7)[0]
        nodes = graph.messages(1).map { node in
            var (numbers, texts): ([String: [Int]], [String: String]) = ([:], [:])
            for attribute in node.messages(5) {
                let name = attribute.texts(1)[0]
                switch attribute.numbers(20) {
                case [2]: numbers[name] = attribute.numbers(3)
                case [7]: numbers[name] = attribute.numbers(8)
                case [3]: texts[name] = attribute.texts(4)[0]
                default: Issue.record("attribute \(name)")
                }
            }
            return Node(
                operation: node.texts(4)[0], inputs: node.texts(1), output: node.texts(2)[0],
                numbers: numbers, texts: texts)
        }
        let tensors = graph.messages(5)
        let names = tensors.map { $0.texts(8)[0] }
        constants = Dictionary(uniqueKeysWithValues: zip(names, tensors.map(PlainTensor.init)))
        types = Dictionary(uniqueKeysWithValues: zip(names, tensors.map { $0.numbers(2)[0] }))
        func values(_ field: UInt64) -> [(name: String, sides: [String])] {
            graph.messages(field).map { value in
                let tensor = value.messages(2)[0].messages(1)[0]
                #expect(tensor.numbers(1) == [1])
                let sides = tensor.messages(2)[0].messages(1).map { side in
                    side.numbers(1).first.map(String.init) ?? side.texts(2)[0]
                }
                return (value.texts(1)[0], sides)
            }
        }
        inputs = values(11)
        outputs = values(12)
        let entries = model.messages(14).map { ($0.texts(1)[0], $0.texts(2)[0]) }
        metadata = Dictionary(uniqueKeysWithValues: entries)
        operators = model.messages(8).flatMap { $0.numbers(2) }
    }
}
