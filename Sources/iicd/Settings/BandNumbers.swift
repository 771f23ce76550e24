import ArgumentParser

/// Bands that a user names, from 1: `1,2,3,4`.
struct BandNumbers: ExpressibleByArgument, Sendable, Equatable {
    let bands: [Int]

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
            .map { Int($0) }
        guard !numbers.contains(nil) else { return nil }
        bands = numbers.compactMap(\.self)
    }
}
