// The authors' names, shapes and order of elements, which files have: the one place that knows how
// they lie in a block.
extension ParameterBlock {
    /// From the authors' tensors.
    ///
    /// - Precondition: every tensor of the layout is there in its size; readers of files check that
    ///   first.
    public init(tensors: [String: [Float]], layout: ParameterLayout) {
        self.init(zeros: layout)
        for entry in layout.entries {
            guard let values = tensors[entry.name] else {
                preconditionFailure("no tensor \(entry.name)")
            }
            self[entry] = values
        }
    }

    /// Why a file's tensors cannot be loaded: one of them has another size or is not there, or it
    /// holds a number that is not finite.
    package enum LoadingError: Error {
        case missing(String), notFinite(String)
    }

    /// Overwrites some sections with a file's tensors.
    ///
    /// - Parameter prefix: what the names begin with there.
    package mutating func load(
        _ tensors: [String: SafeTensors.Tensor], prefix: String = "",
        sections: [ParameterLayout.Section] = ParameterLayout.Section.allCases
    ) throws(LoadingError) {
        for entry in layout.entries where sections.contains(entry.tensor.section) {
            guard let tensor = tensors[prefix + entry.name], tensor.count == entry.range.count
            else { throw .missing(entry.name) }
            self[entry] = tensor.floats
        }
        if let name = nonFiniteTensor { throw .notFinite(name) }
    }

    /// Every tensor by the authors' name, in their order of elements.
    public var tensors: [String: [Float]] { tensors(of: ParameterLayout.Section.allCases) }

    /// Those of some sections.
    public func tensors(of sections: [ParameterLayout.Section]) -> [String: [Float]] {
        var tensors: [String: [Float]] = [:]
        for entry in layout.entries where sections.contains(entry.tensor.section) {
            tensors[entry.name] = self[entry]
        }
        return tensors
    }

    /// One tensor in the authors' order of elements; nil if there is none of that name.
    public subscript(name: String) -> [Float]? {
        layout.entries.first { $0.name == name }.map { self[$0] }
    }

    /// One tensor in the authors' order of elements: `(out, in, taps)` in place of
    /// `(taps, in, out)`. A head has one tap, and a vector is an `out` alone.
    subscript(entry: ParameterLayout.Entry) -> [Float] {
        get {
            let (outputs, inputs, taps) = entry.sides
            return transposed(
                span(entry.range), outer: taps, middle: inputs, inner: outputs)
        }
        set {
            let (outputs, inputs, taps) = entry.sides
            self[entry.tensor] = transposed(
                newValue.span, outer: outputs, middle: inputs, inner: taps)
        }
    }
}

extension ParameterLayout.Entry {
    fileprivate var sides: (outputs: Int, inputs: Int, taps: Int) {
        shape.count == 1 ? (shape[0], 1, 1) : (shape[0], shape[1], shape[2] * shape[3])
    }
}

/// `(outer, middle, inner)` as `(inner, middle, outer)`.
private func transposed(_ values: Span<Float>, outer: Int, middle: Int, inner: Int) -> [Float] {
    precondition(values.count == outer * middle * inner, "\(values.count)")
    var result = [Float](repeating: 0, count: values.count)
    for o in 0..<outer {
        for m in 0..<middle {
            for i in 0..<inner {
                result[(i * middle + m) * outer + o] = values[(o * middle + m) * inner + i]
            }
        }
    }
    return result
}
