/// Why a state dict makes no model.
public struct StateDictError: UserError, Equatable {
    /// What is wrong with one tensor.
    public enum Problem: Equatable, Sendable {
        case missing(String)
        case unknown(String)
        case shape(String, found: [Int], expected: [Int])
        case notFinite(String)
        case negative(String)
        /// There with and without `module.`.
        case doubled(String)

        var text: String {
            switch self {
            case .missing(let name): "“\(name)” is missing"
            case .unknown(let name): "“\(name.prefix(80))” is not known"
            case .shape(let name, let found, let expected):
                "“\(name)” has the shape \(found), not \(expected)"
            case .notFinite(let name): "“\(name)” holds numbers that are not finite"
            case .negative(let name): "“\(name)” holds a variance below zero"
            case .doubled(let name):
                "“\(name.prefix(80))” is there twice, once as “module.\(name.prefix(80))”: keep one"
            }
        }

        fileprivate var isLackOfStatistics: Bool {
            guard case .missing(let name) = self else { return false }
            return name.hasSuffix(".running_mean") || name.hasSuffix(".running_var")
        }
    }

    public enum Reason: Error, Equatable, Sendable {
        /// It is what `torch.save` writes.
        case pickle
        case isModel
        case isNoTwoHeadNetwork
        /// What makes the numbers of its shapes impossible, as the end of a sentence.
        case impossible(String)
        /// At least one.
        case problems([Problem])
    }

    public let path: String
    public let reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// Of many problems so many are shown.
    private static let shown = 3

    public var exitStatus: ExitStatus { .badInput }

    public var description: String {
        "Cannot import “\(path)”: " + why
    }

    private var why: String {
        switch reason {
        case .pickle:
            "it is a file of torch.save: make a .safetensors file of it as "
                + "samples/pytorch/README.md shows."
        case .isModel: "it is a model of iicd's already."
        case .isNoTwoHeadNetwork:
            "it is no SegmentationNet10aTwoHead, which has trunk.features.0.weight, "
                + "head_A.heads.0.0.weight and head_B.heads.0.0.weight."
        case .impossible(let problem): "it has \(problem)."
        case .problems(let problems) where problems.allSatisfy(\.isLackOfStatistics):
            "it lacks the running statistics of batch norm, as networks do that were trained without "
                + "--batchnorm_track: docs/exchange.md shows how PyTorch makes them."
        case .problems(let problems):
            problems.prefix(Self.shown).map(\.text).joined(separator: "; ")
                + (problems.count > Self.shown ? "; and \(problems.count - Self.shown) more." : ".")
        }
    }
}
