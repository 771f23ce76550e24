import IICInfer

extension JSONValue {
    /// In what a document differs from this one, for people: `classes 6, now 5`.
    func differences(to other: JSONValue, in name: String = "") -> [String] {
        func inside(_ part: String) -> String { name.isEmpty ? part : "\(name) \(part)" }
        switch (self, other) {
        case (.object(let old), .object(let new)):
            return Set(old.keys).union(new.keys).sorted().flatMap { key in
                (old[key] ?? .null).differences(to: new[key] ?? .null, in: inside(key))
            }
        case (.array(let old), .array(let new)) where old.count == new.count:
            return zip(old, new).enumerated().flatMap { index, pair in
                pair.0.differences(to: pair.1, in: inside("\(index + 1)"))
            }
        default:
            return self == other ? [] : ["\(name) \(words), now \(other.words)"]
        }
    }

    private var words: String {
        switch self {
        case .null: "none"
        case .string(let text): "“\(text)”"
        case .array(let items): "\(items.count)"
        case .object: "given"
        default: text
        }
    }
}
