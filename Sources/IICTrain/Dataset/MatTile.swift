/// An image tile, as `img` in `imgs/N.mat` holds it.
public struct MatTile: Sendable, Equatable {
    public var height: Int
    public var width: Int
    public var channels: Int
    /// `(H, W, C)`, row-major, channels innermost.
    public var pixels: [UInt8]

    public init(height: Int, width: Int, channels: Int, pixels: [UInt8]) {
        precondition(pixels.count == height * width * channels, "\(pixels.count)")
        self.height = height
        self.width = width
        self.channels = channels
        self.pixels = pixels
    }
}

/// A tile's truth, as `gt` in `gt/N.mat` holds it.
public struct MatLabels: Sendable, Equatable {
    public var height: Int
    public var width: Int
    /// `(H, W)`, row-major; negative where nothing is known.
    public var labels: [Int32]

    public init(height: Int, width: Int, labels: [Int32]) {
        precondition(labels.count == height * width, "\(labels.count)")
        self.height = height
        self.width = width
        self.labels = labels
    }
}

/// MATLAB keeps the first index innermost; this program keeps the last one there.
enum ColumnMajor {
    /// `(H, W, C)` row-major from column-major.
    static func toRows<Element>(
        _ columns: [Element], height: Int, width: Int, channels: Int
    ) -> [Element] {
        precondition(columns.count == height * width * channels, "\(columns.count)")
        var rows: [Element] = []
        rows.reserveCapacity(columns.count)
        for row in 0..<height {
            for column in 0..<width {
                for channel in 0..<channels {
                    rows.append(columns[row + height * (column + width * channel)])
                }
            }
        }
        return rows
    }

    /// Column-major from `(H, W, C)` row-major.
    static func fromRows<Element>(
        _ rows: [Element], height: Int, width: Int, channels: Int
    ) -> [Element] {
        precondition(rows.count == height * width * channels, "\(rows.count)")
        var columns: [Element] = []
        columns.reserveCapacity(rows.count)
        for channel in 0..<channels {
            for column in 0..<width {
                for row in 0..<height {
                    columns.append(rows[(row * width + column) * channels + channel])
                }
            }
        }
        return columns
    }
}
