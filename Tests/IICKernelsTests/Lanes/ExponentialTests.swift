import Foundation
import IICKernels
import Testing

@Suite struct ExponentialTests {
    @Test func `the exponential is within three units in the last place`() {
        for step in 0..<4000 {
            let x = Float(step) * 0.0437 - 87
            let found = exponential(Lane(repeating: x))[step % 16]
            let exact = Foundation.exp(Double(x))
            #expect(abs(Double(found) - exact) <= 3 * Double(Float(exact).ulp), "\(x)")
        }
    }
}
