import IICInfer
import Testing

@Suite struct ScalingTests {
    @Test func `values that no range can hold still end between 0 and 1`() {
        let huge = Float.greatestFiniteMagnitude
        let scaling = Scaling(
            bands: [Scaling.Range(low: -huge, high: huge)], source: .float32)
        var values: [Float] = [-huge, 0, huge, .infinity, -.infinity, .nan]
        do {
            let valid = [UInt8](repeating: 1, count: values.count)
            var span = values.mutableSpan
            scaling.apply(to: &span, valid: valid.span)
        }
        #expect(values == [0, 0.5, 1, 1, 0, 0])
    }
}
