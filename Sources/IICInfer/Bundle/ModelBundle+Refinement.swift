/// The refinement in a model's file: four tensors of 64-bit numbers, and their weight in the
/// description.
extension ModelBundle {
    private static let means = "refinement.means"
    private static let precisions = "refinement.precisions"
    private static let logShares = "refinement.log_shares"
    private static let logConfusion = "refinement.log_confusion"

    /// Shapes of the tensors of a model that has one.
    static func refinementShapes(_ architecture: Architecture) -> [String: [Int]] {
        let classes = architecture.classes
        let dimensions = Mixture.dimensions(channels: architecture.channels)
        return [
            means: [classes, dimensions], precisions: [classes, dimensions, dimensions],
            logShares: [classes], logConfusion: [classes, classes],
        ]
    }

    var refinementTensors: [String: SafeTensors.Tensor] {
        guard let refinement else { return [:] }
        let shapes = Self.refinementShapes(architecture)
        let values = [
            Self.means: refinement.means, Self.precisions: refinement.precisions,
            Self.logShares: refinement.logShares, Self.logConfusion: refinement.logConfusion,
        ]
        return Dictionary(
            uniqueKeysWithValues: values.map { ($0, SafeTensors.Tensor($1, shape: shapes[$0])) })
    }

    /// In the description; nil without any.
    var refinementDocument: JSONValue? {
        refinement.map { ["weight": .number($0.weight)] }
    }

    /// From a file whose tensors have passed the check of their shapes.
    static func refinement(
        _ document: JSONValue?, tensors: [String: SafeTensors.Tensor]
    ) throws(SafeTensorsError) -> Mixture? {
        guard let document, document != .null else { return nil }
        guard let weight = document["weight"]?.number, let means = tensors[Self.means],
            let precisions = tensors[Self.precisions], let logShares = tensors[Self.logShares],
            let logConfusion = tensors[Self.logConfusion]
        else {
            throw SafeTensorsError("the “refinement” of its description is damaged")
        }
        return Mixture(
            means: means.doubles, precisions: precisions.doubles, logShares: logShares.doubles,
            logConfusion: logConfusion.doubles, weight: weight)
    }

    var refinementProblem: String? {
        guard let refinement else { return nil }
        let dimensions = Mixture.dimensions(channels: architecture.channels)
        guard refinement.classes == architecture.classes, refinement.dimensions == dimensions
        else {
            return "its refinement is for \(refinement.classes) classes of "
                + "\(refinement.dimensions) numbers and its network has \(architecture.classes) "
                + "of \(dimensions)"
        }
        return refinement.problem
    }
}
