/// How large a patch is.
public enum PatchSize: Hashable, Sendable, CustomStringConvertible {
    case squareMetres(Double)
    case pixels(Int)

    /// As users write it: `500` for m², `30px`.
    public var description: String {
        switch self {
        case .squareMetres(let value): "\(value)"
        case .pixels(let count): "\(count)px"
        }
    }

    /// Whether a patch is at least as large.
    func admits(_ patch: Patch) -> Bool {
        switch self {
        case .squareMetres(let value): patch.squareMetres >= value
        case .pixels(let count): patch.pixels >= count
        }
    }
}
