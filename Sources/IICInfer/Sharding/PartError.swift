/// Why parts cannot be joined to a map.
public enum PartError: UserError, Equatable {
    /// What two parts differ in, as a sentence has it.
    public enum Difference: String, Sendable {
        case scene = "other scenes"
        case model = "other models, or other versions of one"
        case settings = "other settings"
        case outputs = "other outputs"
        case legend = "other names or colours of the classes"
        case count = "other numbers of parts"
        case version = "other versions of iicd"
    }

    case notAPart(path: String)
    case damaged(path: String)
    /// The rows of two parts are no rows of one map.
    case differ(path: String, from: String, Difference)
    case twice(path: String, other: String, Shard)
    /// Numbers of parts, from 1.
    case missing([Int], of: Int)
    /// Parts that share pixels, or leave some out, though none is damaged.
    case noMap(path: String)
    case version(path: String, String)
    /// An output whose rows no part holds, by its kind.
    case lacks(kind: String)
    /// An output whose rows the parts hold in another form.
    case otherForm(kind: String)

    public var exitStatus: ExitStatus {
        switch self {
        case .notAPart, .damaged, .differ, .noMap, .version: .badInput
        case .missing: .noInput
        case .twice, .lacks, .otherForm: .usage
        }
    }

    public var description: String {
        switch self {
        case .notAPart(let path):
            "“\(path)” is no part of a map: give files that iicd segment --shard has written."
        case .damaged(let path):
            "“\(path)” is damaged or not whole: remove it and run its shard again."
        case .differ(let path, let other, let difference):
            """
            “\(path)” and “\(other)” are of \(difference.rawValue) and make no map together: run the \
            shards again with one command.
            """
        case .twice(let path, let other, let shard):
            "“\(path)” and “\(other)” are both part \(shard): leave one out."
        case .missing(let numbers, let count):
            Self.missing(numbers, of: count)
        case .noMap(let path):
            "The parts do not fit each other at “\(path)”: run all shards again with one command."
        case .version(let path, let version):
            """
            “\(path)” was written by iicd \(version) and this is \(Software.version): merge it with \
            that, or run the shards again.
            """
        case .lacks(let kind):
            """
            The parts do not hold the rows of the \(kind): run the shards again with the flag that asks \
            for them.
            """
        case .otherForm(let kind):
            """
            The parts hold the rows of the \(kind) in another form: give the flags that the shards had, \
            such as --float, or leave out what they had not.
            """
        }
    }

    private static func missing(_ numbers: [Int], of count: Int) -> String {
        // Who forgot a folder of them needs no list of all.
        let shown = numbers.prefix(8).map(String.init).joined(separator: ", ")
        let more = numbers.count > 8 ? " and \(numbers.count - 8) more" : ""
        return numbers.count == 1
            ? "Part \(shown) of \(count) is missing: run --shard \(shown)/\(count), or name its file."
            : "Parts \(shown)\(more) of \(count) are missing: run these shards, or name their files."
    }
}
