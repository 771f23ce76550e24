/// The most frequent class around each pixel of a row of class numbers.
///
/// A window's counts are the sum of those of its columns, so that a pixel costs the same however
/// large the window is. Source: Perreault and Hébert, *Median Filtering in Constant Time* (2007).
public enum MajorityRow {
    /// Rows and columns of a window, at most: counts of a column are bytes.
    public static let largestSize = 255

    /// Numbers that a column's counts take.
    public static func stride(classes: Int) -> Int { lanes(classes) * laneWidth }

    /// Counts a row of labels in, as the window comes to it, or out, as the window leaves it.
    ///
    /// - Parameters:
    ///   - labels: one a column; `nodata` has no say.
    ///   - leaves: whether the row is counted out.
    ///   - counts: `(columns, stride)`, how often each class is among the window's rows.
    public static func count(
        _ labels: Span<UInt8>, leaves: Bool, nodata: UInt8, into counts: inout MutableSpan<UInt8>,
        stride: Int
    ) {
        check(counts.count == labels.count * stride)
        let step: UInt8 = leaves ? 255 : 1
        for column in 0..<labels.count {
            let label = labels[column]
            guard label != nodata, Int(label) < stride else { continue }
            let place = column * stride + Int(label)
            counts[place] = counts[place] &+ step
        }
    }

    /// Labels some columns of a row with the most frequent class around each: its own if that is among
    /// the most frequent, else the lowest of them. What is `nodata` stays so.
    ///
    /// - Parameters:
    ///   - labels: the row as it was, one a column.
    ///   - counts: `(columns, stride)`, of the rows around it.
    ///   - radius: columns that a window has on either side.
    ///   - output: one for each of `columns`, overwritten.
    public static func label(
        _ labels: Span<UInt8>, counts: Span<UInt8>, stride: Int, radius: Int,
        columns: Range<Int>, nodata: UInt8, into output: inout MutableSpan<UInt8>
    ) {
        check(counts.count == labels.count * stride && stride.isMultiple(of: laneWidth))
        check(columns.lowerBound >= 0 && columns.upperBound <= labels.count && radius >= 0)
        check(output.count == columns.count && stride <= 256)
        let lanes = stride / laneWidth
        counts.withUnsafeBufferPointer { counts in
            guard let counts = counts.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: SIMD16<UInt16>.self, capacity: lanes) { window in
                guard let sums = window.baseAddress else { return }
                window.initialize(repeating: SIMD16())
                for column in max(
                    0, columns.lowerBound - radius)..<min(labels.count, columns.lowerBound + radius)
                {
                    add(counts + column * stride, to: sums, lanes)
                }
                let scalars = UnsafeRawPointer(sums).assumingMemoryBound(to: UInt16.self)
                for column in columns {
                    if column + radius < labels.count {
                        add(counts + (column + radius) * stride, to: sums, lanes)
                    }
                    output[column - columns.lowerBound] = mostFrequent(
                        sums, scalars, lanes, own: labels[column], nodata: nodata)
                    if column >= radius {
                        subtract(counts + (column - radius) * stride, from: sums, lanes)
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func mostFrequent(
        _ sums: UnsafePointer<SIMD16<UInt16>>, _ scalars: UnsafePointer<UInt16>, _ lanes: Int,
        own: UInt8, nodata: UInt8
    ) -> UInt8 {
        guard own != nodata, Int(own) < lanes * laneWidth else { return own }
        var largest = sums[0]
        for lane in 1..<max(1, lanes) {
            largest = largest.replacing(with: sums[lane], where: sums[lane] .> largest)
        }
        let peak = largest.max()
        if scalars[Int(own)] == peak { return own }
        // The peak is among them.
        var label = 0
        while scalars[label] != peak { label += 1 }
        return UInt8(truncatingIfNeeded: label)
    }

    @inline(__always)
    private static func add(
        _ column: UnsafePointer<UInt8>, to sums: UnsafeMutablePointer<SIMD16<UInt16>>, _ lanes: Int
    ) {
        for lane in 0..<lanes { sums[lane] &+= load(column + lane * laneWidth) }
    }

    @inline(__always)
    private static func subtract(
        _ column: UnsafePointer<UInt8>, from sums: UnsafeMutablePointer<SIMD16<UInt16>>,
        _ lanes: Int
    ) {
        for lane in 0..<lanes { sums[lane] &-= load(column + lane * laneWidth) }
    }

    @inline(__always)
    private static func load(_ column: UnsafePointer<UInt8>) -> SIMD16<UInt16> {
        SIMD16<UInt16>(
            truncatingIfNeeded: UnsafeRawPointer(column).loadUnaligned(as: SIMD16<UInt8>.self))
    }
}
