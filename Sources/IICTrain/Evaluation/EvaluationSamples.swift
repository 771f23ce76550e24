public import IICInfer

/// Labels and their truth at places that lie evenly in a raster: what small pictures of both are
/// drawn from, and no more for a larger raster.
public struct EvaluationSamples: Sendable {
    /// No side of a picture is longer, in pixels.
    public static let longestSide = 800
    private static let longestTileSide = 200
    private static let mostTiles = 12
    /// Where there is no class.
    private static let none: Int16 = -1

    /// What it shows, for people.
    let name: String
    private let columns: PictureAxis
    private let rows: PictureAxis
    /// At the samples' places, `(rows, columns)`.
    private var labels: [Int16]
    private var truth: [Int16]

    /// - Parameters:
    ///   - width: of the raster.
    ///   - height: of the raster.
    ///   - longest: no side of a picture is longer.
    public init(
        name: String, width: Int, height: Int, longest: Int = longestSide
    ) {
        precondition(width > 0 && height > 0 && longest > 0, "\(width) \(height) \(longest)")
        self.name = name
        (columns, rows) = PictureAxis.both(width: width, height: height, longest: longest)
        labels = Array(repeating: Self.none, count: columns.places.count * rows.places.count)
        truth = labels
    }

    /// Those of a tile, of which one picture of many is drawn.
    ///
    /// - Parameter labels: `(H, W)`, as the truth.
    public init(tile name: String, _ labels: [Int32], _ truth: MatLabels) {
        self.init(
            name: "tile \(name)", width: truth.width, height: truth.height,
            longest: Self.longestTileSide)
        add(
            labels: labels, nodata: nil, truth: truth.labels,
            window: PixelWindow(x: 0, y: 0, width: truth.width, height: truth.height))
    }

    /// Which of many tiles are shown, spread over all of them.
    public static func shown(of count: Int) -> Set<Int> {
        let shown = min(count, mostTiles)
        return Set((0..<shown).map { $0 * count / shown })
    }

    /// Bytes that it takes.
    public var byteCount: Int { 2 * 2 * labels.count }

    /// Bytes of the samples, and of one picture while it becomes a file.
    static func bytes(width: Int, height: Int) -> Int {
        let (columns, rows) = PictureAxis.both(width: width, height: height, longest: longestSide)
        return 2 * 2 * columns.places.count * rows.places.count
            + 6 * 4 * columns.length * rows.length
    }

    /// Pixels of a picture.
    var width: Int { columns.length }
    var height: Int { rows.length }

    /// Keeps what is wanted of a window; negative numbers stand for no data, and so does 255 in the
    /// truth.
    ///
    /// - Parameters:
    ///   - found: `(H, W)` labels.
    ///   - nodata: what stands for no data among them too, as in `Tally`.
    ///   - known: their truth.
    public mutating func add(
        labels found: [Int32], nodata: Int32? = ConfusionMatrix.nodata, truth known: [Int32],
        window: PixelWindow
    ) {
        precondition(found.count == window.count && known.count == window.count, "\(window)")
        let taken = columns.samples(in: window.x..<window.x + window.width)
        for row in rows.samples(in: window.y..<window.y + window.height) {
            let line = (rows.places[row] - window.y) * window.width - window.x
            for column in taken {
                let (pixel, sample) = (
                    line + columns.places[column], row * columns.places.count + column
                )
                labels[sample] = Self.kept(found[pixel], nodata: nodata)
                truth[sample] = Self.kept(known[pixel], nodata: ConfusionMatrix.nodata)
            }
        }
    }

    private static func kept(_ label: Int32, nodata: Int32?) -> Int16 {
        label < 0 || label == nodata ? none : Int16(exactly: label) ?? none
    }

    /// The most frequent label of a picture's pixel, and so its truth; of equally frequent ones the
    /// first, nil where there is none.
    func label(_ x: Int, _ y: Int) -> Int? { mostFrequent(labels, x, y) }
    func trueClass(_ x: Int, _ y: Int) -> Int? { mostFrequent(truth, x, y) }

    /// How many of a pixel's samples have both a label and truth, and how many of these are wrong.
    ///
    /// - Parameter match: the true class that each label stands for.
    func errors(_ x: Int, _ y: Int, match: [Int?]) -> (known: Int, wrong: Int) {
        var (known, wrong) = (0, 0)
        eachSample(x, y) { sample in
            guard labels[sample] >= 0, truth[sample] >= 0 else { return }
            known += 1
            let label = Int(labels[sample])
            if label >= match.count || match[label] != Int(truth[sample]) { wrong += 1 }
        }
        return (known, wrong)
    }

    private func mostFrequent(_ values: [Int16], _ x: Int, _ y: Int) -> Int? {
        var best: (value: Int16, count: Int) = (Self.none, 0)
        eachSample(x, y) { sample in
            let value = values[sample]
            guard value >= 0, value != best.value else { return }
            var count = 0
            eachSample(x, y) { if values[$0] == value { count += 1 } }
            if count > best.count { best = (value, count) }
        }
        return best.count > 0 ? Int(best.value) : nil
    }

    private func eachSample(_ x: Int, _ y: Int, _ body: (Int) -> Void) {
        for row in y * rows.each..<(y + 1) * rows.each {
            for column in x * columns.each..<(x + 1) * columns.each {
                body(row * columns.places.count + column)
            }
        }
    }
}
