/// A network's state as PyTorch saves it: the authors' tensors in a `.safetensors` file, or those of
/// their network inside a `DataParallel` (`module.`).
public struct StateDict: Sendable {
    public let architecture: Architecture
    private let tensors: [String: SafeTensors.Tensor]

    /// - Throws: ``SafeTensorsError`` if it cannot be read, ``StateDictError`` if it is another
    ///   network's.
    public init(reading path: String) throws {
        let file: SafeTensors
        do {
            file = try SafeTensors(reading: path)
        } catch {
            if try Self.isPyTorchFile(path) { throw StateDictError(path: path, reason: .pickle) }
            throw error
        }
        do throws(StateDictError.Reason) {
            try self.init(file)
        } catch {
            throw StateDictError(path: path, reason: error)
        }
    }

    init(_ file: SafeTensors) throws(StateDictError.Reason) {
        guard file.metadata["iicd"] == nil else { throw .isModel }
        let prefix = "module."
        var tensors: [String: SafeTensors.Tensor] = [:]
        var doubled: [String] = []
        for (name, tensor) in file.tensors {
            let own = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
            if tensors.updateValue(tensor, forKey: own) != nil { doubled.append(own) }
        }
        guard doubled.isEmpty else { throw .problems(doubled.sorted().map { .doubled($0) }) }
        architecture = try Self.architecture(of: tensors.mapValues(\.shape))
        self.tensors = tensors
        let problems = Self.problems(of: tensors, in: ParameterLayout(architecture))
        guard problems.isEmpty else { throw .problems(problems) }
    }

    /// A file of `torch.save`, a zip archive or a pickle.
    private static func isPyTorchFile(_ path: String) throws -> Bool {
        let head = try InputFile(path).read(upTo: 2, at: 0)
        return head == Array("PK".utf8) || head == [0x80, 2]
    }

    /// What the shapes tell; whether all of them fit is not looked at.
    private static func architecture(
        of shapes: [String: [Int]]
    ) throws(StateDictError.Reason) -> Architecture {
        guard let first = shapes["trunk.features.0.weight"], first.count == 4 else {
            throw .isNoTwoHeadNetwork
        }
        var known = Architecture(channels: first[1], width: 1, overclusters: 0, classes: 0)
        let outputs = known.layers.map { shapes["trunk.features.\($0.feature).weight"]?.first }
        // Widths are rounded down to whole channels: the widest layer tells most.
        let widths = zip(outputs, known.layers).compactMap { found, layer in
            found.map { Double($0) / Double(layer.outputs) }
        }
        known.width = widths[0]
        for width in widths where width > 0 && width <= 4 {
            var candidate = known
            candidate.width = width
            if candidate.layers.map(\.outputs) == outputs { known = candidate }
        }
        for head in Head.allCases {
            let heads = (0...).prefix { shapes[headName(head, $0)] != nil }
            let classes = shapes[headName(head, 0)]?.first ?? 0
            switch head {
            case .A: (known.overclusters, known.subheadsA) = (classes, heads.count)
            default: (known.classes, known.subheadsB) = (classes, heads.count)
            }
            guard !heads.isEmpty else { throw .isNoTwoHeadNetwork }
        }
        if let problem = known.problem { throw .impossible(problem) }
        return known
    }

    private static func headName(_ head: Head, _ subhead: Int) -> String {
        "head_\(head.rawValue).heads.\(subhead).0.weight"
    }

    /// Sentences without an end, in the order of the tensors' names.
    private static func problems(
        of tensors: [String: SafeTensors.Tensor], in layout: ParameterLayout
    ) -> [StateDictError.Problem] {
        var problems: [StateDictError.Problem] = []
        var rest = tensors
        for layer in layout.architecture.layers { rest[ModelBundle.counterName(layer)] = nil }
        for entry in layout.entries {
            guard let tensor = rest.removeValue(forKey: entry.name) else {
                problems.append(.missing(entry.name))
                continue
            }
            if tensor.shape != entry.shape {
                problems.append(.shape(entry.name, found: tensor.shape, expected: entry.shape))
            } else if !tensor.floats.allSatisfy(\.isFinite) {
                problems.append(.notFinite(entry.name))
            } else if case .runningVariance = entry.tensor,
                tensor.floats.contains(where: { $0 < 0 })
            {
                problems.append(.negative(entry.name))
            }
        }
        return problems + rest.keys.sorted().map { .unknown($0) }
    }

    /// The network with one sub-head a head, or all.
    ///
    /// - Parameter subheads: which one, from 0; nil for all, of which the first makes maps.
    /// - Precondition: the network has them.
    public func weights(keeping subheads: (Head) -> Int?) -> ParameterBlock {
        var kept = architecture
        var chosen: [Head: Int] = [:]
        for head in Head.allCases { chosen[head] = subheads(head) }
        if chosen[.A] != nil { kept.subheadsA = 1 }
        if chosen[.B] != nil { kept.subheadsB = 1 }
        let layout = ParameterLayout(kept)
        var values: [String: [Float]] = [:]
        for entry in layout.entries {
            var name = entry.name
            if case .head(let head, _) = entry.tensor, let subhead = chosen[head] {
                precondition(subhead < architecture.subheads(of: head), "sub-head \(subhead)")
                name = Self.headName(head, subhead)
            }
            values[entry.name] = tensors[name]?.floats
        }
        return ParameterBlock(tensors: values, layout: layout)
    }

    /// Updates of the running statistics, one count a layer; 0 where the state does not tell.
    public var batchesTracked: [Int] {
        architecture.layers.map { layer in
            let counts = try? tensors[ModelBundle.counterName(layer)]?.integers
            return max(0, counts?.first ?? 0)
        }
    }
}
