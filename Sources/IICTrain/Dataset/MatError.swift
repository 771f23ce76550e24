public import IICInfer

/// Why a .mat file cannot be used.
public struct MatError: UserError, Equatable {
    public enum Reason: Equatable, Sendable {
        case unreadable(FileError)
        case empty
        case notMat
        case truncated
        case noVariable(String, found: [String])
        case wrongType(String, found: String, wanted: String)
        case wrongShape(String, found: [Int], wanted: String)
        case tooLarge(String, [Int])
        /// What it claims to be, as the end of a sentence, and how much of that is there.
        case claimsOther(String, String, has: Int)
        /// What is damaged, as a sentence begins with it.
        case damaged(String)
        case notWhole(String)
    }

    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var exitStatus: ExitStatus {
        switch reason {
        case .unreadable(let error): error.exitStatus
        default: .badInput
        }
    }

    public var description: String {
        switch reason {
        case .unreadable(let error):
            error.description
        case .empty:
            "“\(path)” is empty; a .mat file was expected."
        case .notMat:
            "“\(path)” is not a MATLAB file of version 5 or 7.3; save it again as one of these."
        case .truncated:
            "“\(path)” ends too early; copy or save it again."
        case .noVariable(let name, let found):
            "“\(path)” has no variable “\(name)”"
                + (found.isEmpty
                    ? " and none at all."
                    : "; it has \(found.map { "“\($0)”" }.joined(separator: ", ")).")
        case .wrongType(let name, let found, let wanted):
            "“\(name)” in “\(path)” is of type \(found); \(wanted) was expected."
        case .wrongShape(let name, let found, let wanted):
            "“\(name)” in “\(path)” is \(Self.shape(found)); \(wanted) was expected."
        case .tooLarge(let name, let dimensions):
            "“\(name)” in “\(path)” claims to be \(Self.shape(dimensions)), more than a tile or the "
                + "file can hold; cut it into tiles or save it again."
        case .claimsOther(let name, let claimed, let has):
            "“\(name)” in “\(path)” claims to be \(claimed), and has \(has); copy or save it again."
        case .damaged(let what):
            "\(what) in “\(path)” is damaged and cannot be read; copy or save it again."
        case .notWhole(let name):
            "“\(name)” in “\(path)” has values that are not whole 32-bit numbers; "
                + "labels must be class numbers."
        }
    }

    private static func shape(_ dimensions: [Int]) -> String { MatClaim.text(dimensions) }
}
