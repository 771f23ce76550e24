import Foundation
package import IICInfer

extension ParameterBlock {
    /// A new network: Kaiming-normal weights, fan-in (He et al., *Delving Deep into Rectifiers*,
    /// ICCV 2015, equation 10), batch norms at rest.
    package init(initial architecture: Architecture, seed: UInt64) {
        self.init(atRest: architecture)
        var random = SplitMix64(seed: SplitMix64.mix(seed &+ 0x11C))
        for entry in layout.entries where entry.shape.count > 1 {
            let inputs = entry.shape.dropFirst().reduce(1, *)
            let deviation = (2 / Double(inputs)).squareRoot()
            var values = mutableSpan(entry.range)
            for index in 0..<values.count { values[index] = Float(random.normal() * deviation) }
        }
    }
}

extension SplitMix64 {
    /// A standard normal number (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * Double.pi * unit())
    }
}
