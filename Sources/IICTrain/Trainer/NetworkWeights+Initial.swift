import Foundation
package import IICInfer

extension NetworkWeights {
    /// A new network: Kaiming-normal weights, fan-in (He et al., *Delving Deep into Rectifiers*,
    /// ICCV 2015, equation 10), batch norms at rest.
    package init(initial architecture: Architecture, seed: UInt64) {
        self.init(zeros: architecture)
        var random = SplitMix64(seed: SplitMix64.mix(seed &+ 0x11C))
        func fill(_ values: inout [Float], inputs: Int) {
            let deviation = (2 / Double(inputs)).squareRoot()
            for index in values.indices {
                values[index] = Float(random.normal() * deviation)
            }
        }
        for index in convolutions.indices {
            fill(&convolutions[index], inputs: 9 * architecture.layers[index].inputs)
        }
        for index in headA.indices { fill(&headA[index], inputs: architecture.features) }
        for index in headB.indices { fill(&headB[index], inputs: architecture.features) }
    }
}

extension SplitMix64 {
    /// A standard normal number (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return radius * cos(2 * Double.pi * unit())
    }

    /// Places 0…count−1 in random order (Fisher and Yates).
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for index in order.indices.dropLast() {
            order.swapAt(index, index + self.index(below: count - index))
        }
        return order
    }
}
