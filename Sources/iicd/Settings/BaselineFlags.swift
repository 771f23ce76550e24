import ArgumentParser
import IICTrain

extension Baselines {
    /// `kmeans` or several methods with commas; each once.
    static func methods(argument: String) throws -> [Method] {
        try list(argument) { word in
            guard let method = Method(rawValue: word) else {
                let known = Method.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("“\(word)” is no baseline; there is: \(known).")
            }
            return method
        }
    }

    /// `6,24`; each once.
    static func clusters(argument: String) throws -> [Int] {
        try list(argument) { word in
            guard let number = Int(word), clusterLimits.contains(number) else {
                throw ValidationError(
                    "“\(word)” is no number of clusters: give \(clusterLimits.lowerBound) to "
                        + "\(clusterLimits.upperBound).")
            }
            return number
        }
    }

    private static func list<Value: Equatable>(
        _ argument: String, value: (String) throws -> Value
    ) rethrows -> [Value] {
        try argument.split(separator: ",", omittingEmptySubsequences: false).reduce(into: []) {
            let value = try value(String($1))
            if !$0.contains(value) { $0.append(value) }
        }
    }
}
