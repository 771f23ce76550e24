import ArgumentParser
import IICInfer

/// The flags that make a map of fewer and larger patches.
struct CleanUpFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Give each pixel the most frequent class of the n × n pixels around it (odd, \
            \(CleanUp.majoritySizes.lowerBound)…\(CleanUp.majoritySizes.upperBound)). This and \
            --sieve change the map and what shows its classes, never overclusters, confidence or \
            probabilities. Models of named classes bring one; 1 for none.
            """, valueName: "n"))
    var majority: Int?

    @Option(
        help: ArgumentHelp(
            """
            Let patches of fewer than n pixels join their largest neighbour, after --majority.
            """, valueName: "n"))
    var sieve: Int?

    func validate() throws {
        let (sizes, sieves) = (CleanUp.majoritySizes, CleanUp.sieveSizes)
        if let majority, !sizes.contains(majority) || majority % 2 == 0 {
            throw ValidationError(
                "--majority must be an odd number from \(sizes.lowerBound) to "
                    + "\(sizes.upperBound), not \(majority).")
        }
        if let sieve, !sieves.contains(sieve) {
            throw ValidationError(
                "--sieve must lie between \(sieves.lowerBound) and \(sieves.upperBound) pixels, "
                    + "not \(sieve).")
        }
    }

    var cleanUp: CleanUp { CleanUp(majority: majority, sieve: sieve) }
}
