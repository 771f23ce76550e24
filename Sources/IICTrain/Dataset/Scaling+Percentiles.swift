import IICInfer

extension Scaling.Range {
    /// From a band's 0.5 to its 99.5 percentile; 0…1 without any value.
    ///
    /// - Parameter values: which never fall.
    init(sorted values: [Float]) {
        guard let first = values.first else {
            self.init(low: 0, high: 1)
            return
        }
        let low = values[BandQuantiles.rank(of: 0.005, among: values.count)]
        let high = values[BandQuantiles.rank(of: 0.995, among: values.count)]
        // A band of one value is scaled to 0.
        self.init(low: low, high: high > low ? high : max(first + 1, low.nextUp))
    }
}
