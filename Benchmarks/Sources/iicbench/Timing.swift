import Foundation

/// Seconds that `body` takes.
func seconds(_ body: () -> Void) -> Double {
    let time = ContinuousClock().measure(body)
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
}

/// The least seconds of one call, over calls that together take at least `total` seconds: what
/// else runs on the machine can only make a call slower.
func leastSeconds(total: Double, _ body: () -> Void) -> Double {
    body()
    var least = Double.infinity
    var spent = 0.0
    while spent < total {
        let one = seconds(body)
        least = min(least, one)
        spent += one
    }
    return least
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
        ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// Prints one JSON object on a line, its keys in the order of the alphabet.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
