public import ArgumentParser
public import IICInfer

extension SampleType: ExpressibleByArgument {}

/// What a state dict does not tell of a model.
struct ImportFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            What the network's bands show, in their order: red, green, blue, infrared, other.
            """, valueName: "list"))
    var roles: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            """
            The values that become 0 and 1: one pair for all bands (0,255 for the authors' data), or \
            one for each.
            """, valueName: "low,high"))
    var limits: [String] = []

    @Option(help: "The samples of those data: uint8, uint16, int16 or float32.")
    var sampleType = SampleType.uint8

    @Option(help: "The geometry of the training; it does not change the weights.")
    var geometry = Geometry.paper

    @Option(help: ArgumentHelp("The side of a pixel of those data.", valueName: "metres"))
    var pixelSize: Double?

    @Option(help: ArgumentHelp("Names of head B's classes, in their order.", valueName: "list"))
    var names: String?

    @Option(
        name: .customLong("subhead-a"),
        help: ArgumentHelp(
            "The sub-head of head A to keep, from 0 as in its tensors' names; or all.",
            valueName: "n|all"))
    var subheadA: SubheadChoice?

    @Option(
        name: .customLong("subhead-b"),
        help: ArgumentHelp(
            "The same for head B. Of all, the first one makes maps.", valueName: "n|all"))
    var subheadB: SubheadChoice?

    func validate() throws {
        if let pixelSize, !(pixelSize > 0 && pixelSize.isFinite) {
            throw ValidationError("--pixel-size must be above 0, not \(pixelSize).")
        }
    }

    /// The model of a state dict.
    ///
    /// - Throws: ``UsageError`` for what is lacking, all of it in one sentence, and for what does not
    ///   fit.
    func model(of state: StateDict, in path: String) throws -> ModelBundle {
        let network = state.architecture
        var lacking: [String] = []
        if roles == nil { lacking.append("what its bands show (--roles red,green,blue,infrared)") }
        if limits.isEmpty { lacking.append("which values become 0 and 1 (--limits 0,255)") }
        for head in Head.allCases where choice(head) == nil && network.subheads(of: head) > 1 {
            lacking.append(
                "which of the \(network.subheads(of: head)) sub-heads of head \(head.rawValue) to "
                    + "keep (--subhead-\(head.rawValue.lowercased()) 0, or all)")
        }
        guard lacking.isEmpty else {
            throw UsageError(
                description: "“\(path)” does not tell \(lacking.joined(separator: ", nor ")).")
        }
        for head in Head.allCases {
            guard case .one(let subhead)? = choice(head) else { continue }
            guard subhead < network.subheads(of: head) else {
                throw UsageError(
                    description: "Head \(head.rawValue) of “\(path)” has "
                        + "\(network.subheads(of: head)) sub-heads, from 0, and no \(subhead).")
            }
        }
        let weights = state.weights { head in
            guard case .one(let subhead)? = choice(head) else { return nil }
            return subhead
        }
        return ModelBundle(
            geometry: geometry, bands: try bands(network.channels),
            scaling: Scaling(bands: try ranges(network.channels), source: sampleType),
            legend: try legend(network.classes), preset: "imported",
            softwareVersion: Software.version, weights: weights, pixelSizeMetres: pixelSize,
            batchesTracked: state.batchesTracked)
    }

    private func choice(_ head: Head) -> SubheadChoice? { head == .A ? subheadA : subheadB }

    private func bands(_ count: Int) throws -> [BandRole] {
        let words = (roles ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let bands = try words.map { word in
            guard let band = BandRole(rawValue: String(word)) else {
                let known = BandRole.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(description: "--roles knows \(known), and no “\(word)”.")
            }
            return band
        }
        guard bands.count == count else {
            throw UsageError(
                description: "--roles names \(bands.count) bands and the network has \(count).")
        }
        return bands
    }

    private func ranges(_ count: Int) throws -> [Scaling.Range] {
        let ranges = try limits.map { text in
            let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
                Float($0)
            }
            guard numbers.count == 2, let low = numbers[0], let high = numbers[1], low.isFinite,
                high.isFinite, low < high
            else {
                throw UsageError(
                    description: "--limits takes pairs such as 0,255, the lower number first, and "
                        + "not “\(text)”.")
            }
            return Scaling.Range(low: low, high: high)
        }
        if ranges.count == 1 { return Array(repeating: ranges[0], count: count) }
        guard ranges.count == count else {
            throw UsageError(
                description: "--limits has \(ranges.count) pairs and the network \(count) bands: "
                    + "give one for all, or one for each.")
        }
        return ranges
    }

    private func legend(_ classes: Int) throws -> Legend {
        var legend = Legend.unnamed(classes: classes)
        guard let names else { return legend }
        let words = names.split(separator: ",", omittingEmptySubsequences: false)
        guard words.count == classes, words.allSatisfy({ !$0.isEmpty }) else {
            throw UsageError(
                description:
                    "--names needs \(classes) names with commas between them, one for each "
                    + "class of head B.")
        }
        for (index, word) in words.enumerated() { legend.entries[index].name = String(word) }
        return legend
    }
}

/// Which sub-heads of a head to keep.
enum SubheadChoice: ExpressibleByArgument {
    /// From 0.
    case one(Int)
    case all

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let number = Int(argument), number >= 0 {
            self = .one(number)
        } else {
            return nil
        }
    }
}
