/// Rows of the heads' map.
///
/// Logits come from the products in lanes, `(lanes, columns, 16)`. Probabilities are kept class by
/// class, `(K, columns)`, so that neighbouring pixels are what arithmetic runs along.
public enum HeadRows {
    /// A row's logits as they are, class by class: from (column, class) to (class, column).
    ///
    /// Arguments are those of ``softmax(_:columns:capacity:classes:into:width:first:)``.
    public static func transpose(
        _ logits: Span<Float>, columns: Range<Int>, capacity: Int, classes: Int,
        into output: inout MutableSpan<Float>, width: Int, first: Int
    ) {
        check(columns.lowerBound >= 0 && columns.upperBound <= capacity)
        check(logits.count >= lanes(classes) * capacity * laneWidth)
        check(output.count == classes * width && first >= 0 && first + columns.count <= width)
        for k in 0..<classes {
            let lane = (k / laneWidth * capacity + columns.lowerBound) * laneWidth + k % laneWidth
            let row = k * width + first
            for column in 0..<columns.count {
                output[row + column] = logits[lane + column * laneWidth]
            }
        }
    }

    /// Turns a row's logits into probabilities, class by class.
    ///
    /// - Parameters:
    ///   - logits: `(lanes(classes), capacity, 16)`.
    ///   - columns: columns of `logits` to take.
    ///   - output: `(classes, width)`, of which `columns.count` columns from `first` on are
    ///     overwritten.
    public static func softmax(
        _ logits: Span<Float>, columns: Range<Int>, capacity: Int, classes: Int,
        into output: inout MutableSpan<Float>, width: Int, first: Int
    ) {
        transpose(
            logits, columns: columns, capacity: capacity, classes: classes, into: &output,
            width: width, first: first)
        output.withUnsafeMutableBufferPointer { output in
            guard let output = output.baseAddress else { return }
            var column = 0
            while column < columns.count {
                let count = min(laneWidth, columns.count - column)
                let start = output + first + column
                var peak = Lane(repeating: -.infinity)
                for k in 0..<classes { peak = largest(load(start + k * width, count), peak) }
                var sum = Lane()
                for k in 0..<classes {
                    let power = exponential(load(start + k * width, count) - peak)
                    store(power, start + k * width, count)
                    sum += power
                }
                let scale = 1 / sum
                for k in 0..<classes {
                    store(load(start + k * width, count) * scale, start + k * width, count)
                }
                column += laneWidth
            }
        }
    }

    /// `count` numbers, of 16.
    @inline(__always)
    private static func load(_ source: UnsafePointer<Float>, _ count: Int) -> Lane {
        if count == laneWidth {
            return UnsafeRawPointer(source).loadUnaligned(as: Lane.self)
        }
        var lane = Lane()
        for index in 0..<count { lane[index] = source[index] }
        return lane
    }

    @inline(__always)
    private static func store(_ lane: Lane, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
        if count == laneWidth {
            UnsafeMutableRawPointer(target).storeBytes(of: lane, as: Lane.self)
        } else {
            for index in 0..<count { target[index] = lane[index] }
        }
    }

    /// Where one output row or column lies between two of the heads' map.
    public struct Place: Hashable, Sendable {
        public var low: Int
        public var high: Int
        /// Weight of `high`; that of `low` is the rest.
        public var weight: Float

        public init(low: Int, high: Int, weight: Float) {
            self.low = low
            self.high = high
            self.weight = weight
        }
    }

    /// Mixes two rows of probabilities by `weight`, that of `lower`; all `(classes, width)`.
    public static func mix(
        _ upper: Span<Float>, _ lower: Span<Float>, weight: Float,
        into row: inout MutableSpan<Float>
    ) {
        check(upper.count == lower.count && upper.count == row.count)
        for index in 0..<row.count {
            row[index] = (1 - weight) * upper[index] + weight * lower[index]
        }
    }

    /// Where the output columns lie in a row of the heads' map: checked once for all of its rows.
    public struct Columns: Sendable {
        /// One an output column.
        public let places: [Place]
        /// Columns of the heads' map.
        public let width: Int
        /// Whether the next 32 outputs are those of an exact doubling, 1/4 and 3/4 of the way from
        /// each column to the next; one an output column.
        fileprivate let isDoubling: [Bool]

        /// - Precondition: every place lies in a row of `width` columns.
        public init(_ places: [Place], width: Int) {
            self.places = places
            self.width = width
            for place in places {
                check(place.low >= 0 && place.low < width && place.high >= 0 && place.high < width)
            }
            // How many outputs from here on are pairs of a doubling, one column after another:
            // across two images side by side they are not.
            var pairs = [Int](repeating: 0, count: places.count + 2)
            for index in places.indices.reversed() where index + 1 < places.count {
                let (near, far) = (places[index], places[index + 1])
                guard near.weight == 0.25, far.weight == 0.75, near.low == far.low,
                    near.high == near.low + 1, far.high == near.high
                else { continue }
                let goesOn = index + 2 < places.count && places[index + 2].low == near.low + 1
                pairs[index] = 1 + (goesOn ? pairs[index + 2] : 0)
            }
            isDoubling = places.indices.map { pairs[$0] >= laneWidth }
        }

        public var count: Int { places.count }
    }

    /// The most probable class at each output column of a mixed row; of equal ones the lowest.
    ///
    /// - Parameters:
    ///   - row: `(classes, columns.width)`.
    ///   - labels: one an output column, overwritten.
    /// - Precondition: at most 65,536 classes.
    public static func label(
        _ row: Span<Float>, classes: Int, columns: borrowing Columns,
        into labels: inout MutableSpan<UInt16>
    ) {
        let width = columns.width
        check(row.count == classes * width && labels.count == columns.count && classes <= 1 << 16)
        let (places, isDoubling) = (columns.places.span, columns.isDoubling.span)
        row.withUnsafeBufferPointer { row in
            guard let row = row.baseAddress else { return }
            var index = 0
            while index < places.count {
                let place = places[index]
                if isDoubling[index] {
                    label16Pairs(row + place.low, width, classes, into: &labels, at: index)
                    index += 2 * laneWidth
                    continue
                }
                var best = (label: 0, value: -Float.infinity)
                for k in 0..<classes {
                    let (low, high) = (row[k * width + place.low], row[k * width + place.high])
                    // As in label16Pairs, to the last bit.
                    let value = low.adding(product: high - low, place.weight)
                    if value > best.value { best = (k, value) }
                }
                labels[index] = UInt16(best.label)
                index += 1
            }
        }
    }

    @inline(__always)
    private static func label16Pairs(
        _ row: UnsafePointer<Float>, _ width: Int, _ classes: Int,
        into labels: inout MutableSpan<UInt16>, at index: Int
    ) {
        var (near, far) = (Lane(repeating: -.infinity), Lane(repeating: -.infinity))
        var (nearLabel, farLabel) = (SIMD16<Int32>(), SIMD16<Int32>())
        for k in 0..<classes {
            let low = load(row + k * width, laneWidth)
            let step = load(row + k * width + 1, laneWidth) - low
            let a = low.adding(product: step, Lane(repeating: 0.25))
            let b = low.adding(product: step, Lane(repeating: 0.75))
            let label = SIMD16<Int32>(repeating: Int32(k))
            nearLabel.replace(with: label, where: a .> near)
            near = largest(a, near)
            farLabel.replace(with: label, where: b .> far)
            far = largest(b, far)
        }
        for pair in 0..<laneWidth {
            labels[index + 2 * pair] = UInt16(truncatingIfNeeded: nearLabel[pair])
            labels[index + 2 * pair + 1] = UInt16(truncatingIfNeeded: farLabel[pair])
        }
    }

    /// The probabilities at some output columns of a mixed row, `(range.count, classes)`.
    ///
    /// Arguments are those of ``label(_:classes:columns:into:)``.
    public static func spread(
        _ row: Span<Float>, classes: Int, columns: borrowing Columns, range: Range<Int>,
        into output: inout MutableSpan<Float>
    ) {
        let width = columns.width
        check(row.count == classes * width && output.count == range.count * classes)
        check(range.lowerBound >= 0 && range.upperBound <= columns.count)
        let places = columns.places.span
        var index = 0
        for column in range {
            let place = places[column]
            for k in 0..<classes {
                let (low, high) = (row[k * width + place.low], row[k * width + place.high])
                output[index + k] = low.adding(product: high - low, place.weight)
            }
            index += classes
        }
    }

    /// The probabilities at some output columns of a mixed row, class by class.
    ///
    /// - Parameter output: `(classes, stride)`, of which the first `range.count` columns are
    ///   overwritten, to the bits of ``spread(_:classes:columns:range:into:)``.
    public static func planes(
        _ row: Span<Float>, classes: Int, columns: borrowing Columns, range: Range<Int>,
        into output: inout MutableSpan<Float>, stride: Int
    ) {
        let width = columns.width
        check(row.count == classes * width && output.count == classes * stride)
        check(range.lowerBound >= 0 && range.upperBound <= columns.count && range.count <= stride)
        let (places, isDoubling) = (columns.places.span, columns.isDoubling.span)
        row.withUnsafeBufferPointer { row in
            output.withUnsafeMutableBufferPointer { output in
                guard let row = row.baseAddress, let output = output.baseAddress else { return }
                var column = range.lowerBound
                while column < range.upperBound {
                    let place = places[column]
                    var target = output + column - range.lowerBound
                    if isDoubling[column] && column + 2 * laneWidth <= range.upperBound {
                        for k in 0..<classes {
                            let low = load(row + k * width + place.low, laneWidth)
                            let step = load(row + k * width + place.low + 1, laneWidth) - low
                            var pairs = SIMD32<Float>()
                            pairs.evenHalf = low.adding(product: step, Lane(repeating: 0.25))
                            pairs.oddHalf = low.adding(product: step, Lane(repeating: 0.75))
                            store(pairs.lowHalf, target, laneWidth)
                            store(pairs.highHalf, target + laneWidth, laneWidth)
                            target += stride
                        }
                        column += 2 * laneWidth
                        continue
                    }
                    for k in 0..<classes {
                        let (low, high) = (row[k * width + place.low], row[k * width + place.high])
                        target[k * stride] = low.adding(product: high - low, place.weight)
                    }
                    column += 1
                }
            }
        }
    }
}
