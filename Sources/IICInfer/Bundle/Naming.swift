/// How a model's classes got their names, where a person has named them.
public struct Naming: Hashable, Sendable {
    public enum Classes: Hashable, Sendable {
        /// Learnt from answers: what each pixel is.
        case learnt(NamedClasses)
        /// The model's own classes, each with the place of the named one that it belongs to.
        case merged([Int])
    }

    public var classes: Classes
    /// Pixels a side of the window whose most frequent class a pixel gets unless a user wants
    /// another; nil for none.
    public var majority: Int?

    public init(_ classes: Classes, majority: Int? = nil) {
        self.classes = classes
        self.majority = majority
    }

    /// Named classes.
    public var count: Int {
        switch classes {
        case .learnt(let named): named.classes
        case .merged(let targets): (targets.max() ?? -1) + 1
        }
    }

    /// What an engine must run for it.
    var projection: Projection? {
        guard case .learnt(let named) = classes else { return nil }
        return named.projection
    }
}

/// The naming in a model's file: its description, and three tensors where classes were learnt.
extension ModelBundle {
    /// Classes of a map: the named ones, or head B's.
    public var mapClasses: Int { naming?.count ?? architecture.classes }

    private static let trunk = "named.trunk"
    private static let pixels = "named.pixels"
    private static let offsets = "named.offsets"

    /// Shapes of the tensors of a description; none unless its classes were learnt.
    static func namingShapes(
        _ document: JSONValue?, architecture: Architecture
    ) throws(SafeTensorsError) -> [String: [Int]] {
        guard let document, document != .null else { return [:] }
        guard let kind = document["kind"]?.string else { throw damagedNaming }
        guard kind == "learnt" else { return [:] }
        guard let classes = document["classes"]?.integer,
            (1...Int(MapWriter.nodata)).contains(classes)
        else { throw damagedNaming }
        return [
            trunk: [classes, architecture.features],
            pixels: [classes, NamedClasses.dimensions(channels: architecture.channels)],
            offsets: [classes],
        ]
    }

    private static let damagedNaming = SafeTensorsError(
        "the “naming” of its description is damaged")

    var namingTensors: [String: SafeTensors.Tensor] {
        guard case .learnt(let named)? = naming?.classes else { return [:] }
        let classes = named.classes
        return [
            Self.trunk: SafeTensors.Tensor(
                named.trunk, shape: [classes, named.trunk.count / classes]),
            Self.pixels: SafeTensors.Tensor(
                named.pixels, shape: [classes, named.pixels.count / classes]),
            Self.offsets: SafeTensors.Tensor(named.offsets, shape: [classes]),
        ]
    }

    /// In the description; nil without any.
    var namingDocument: JSONValue? {
        guard let naming else { return nil }
        var members: [String: JSONValue] = [
            "majority": naming.majority.map(JSONValue.integer) ?? .null
        ]
        switch naming.classes {
        case .learnt(let named):
            members["kind"] = "learnt"
            members["classes"] = .integer(named.classes)
        case .merged(let targets):
            members["kind"] = "merged"
            members["targets"] = .array(targets.map(JSONValue.integer))
        }
        return .object(members)
    }

    /// From a file whose tensors have passed the check of their shapes; before they are read, those
    /// of learnt classes are zeros.
    static func naming(
        _ document: JSONValue?, architecture: Architecture,
        tensors: [String: SafeTensors.Tensor]?
    ) throws(SafeTensorsError) -> Naming? {
        guard let document, document != .null else { return nil }
        var majority: Int?
        if let value = document["majority"], value != .null {
            guard let size = value.integer, size % 2 == 1, CleanUp.majoritySizes.contains(size)
            else { throw damagedNaming }
            majority = size
        }
        if document["kind"] == "learnt" {
            let shapes = try namingShapes(document, architecture: architecture)
            func values(_ name: String) throws(SafeTensorsError) -> [Float] {
                guard let shape = shapes[name] else { throw damagedNaming }
                guard let tensors else {
                    return [Float](repeating: 0, count: shape.reduce(1, *))
                }
                guard let tensor = tensors[name] else { throw damagedNaming }
                return tensor.floats
            }
            return Naming(
                .learnt(
                    NamedClasses(
                        trunk: try values(trunk), pixels: try values(pixels),
                        offsets: try values(offsets))),
                majority: majority)
        }
        guard document["kind"] == "merged", let array = document["targets"]?.array,
            array.count == architecture.classes
        else { throw damagedNaming }
        let targets = array.compactMap(\.integer)
        guard targets.count == array.count,
            targets.allSatisfy((0..<targets.count).contains), let last = targets.max(),
            Set(targets) == Set(0...last)
        else { throw damagedNaming }
        return Naming(.merged(targets), majority: majority)
    }

    var namingProblem: String? {
        guard let naming else { return nil }
        guard geometry == .seamless else {
            return "its named classes need seamless geometry and it has \(geometry.rawValue)"
        }
        guard naming.count <= Int(MapWriter.nodata) else {
            return "it names \(naming.count) classes, and a map can hold 255"
        }
        switch naming.classes {
        case .learnt(let named):
            let dimensions = NamedClasses.dimensions(channels: architecture.channels)
            guard named.trunk.count == named.classes * architecture.features,
                named.pixels.count == named.classes * dimensions
            else { return "its named classes do not fit its network" }
            return named.problem
        case .merged(let targets):
            guard targets.count == architecture.classes,
                Set(targets) == Set(0..<naming.count)
            else { return "its named classes do not fit its network's" }
            return nil
        }
    }
}
