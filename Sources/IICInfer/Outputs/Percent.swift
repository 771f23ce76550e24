/// Shares in whole per cent, as rasters hold them.
enum Percent {
    /// Of pixels without data.
    static let nodata: UInt8 = 255

    /// A share of 0…1 in per cent, 0…100, rounded half up: 0.125, 12.5 %, is 13.
    ///
    /// What is no number is 0: a network whose weights overflow knows nothing.
    static func rounded(_ share: Float) -> UInt8 {
        // Exact: 24 bits times 100 fit in a double.
        let value = Double(share) * 100 + 0.5
        guard value >= 1 else { return 0 }
        return value >= 100 ? 100 : UInt8(value)
    }
}
