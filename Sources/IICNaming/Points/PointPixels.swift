package import IICInfer

/// Pixels of one raster with the name of a class each, as points or polygons say; no pixel twice.
package struct PointPixels: Sendable, Equatable {
    package struct Pixel: Hashable, Sendable {
        package enum Source: UInt8, Sendable { case point, polygon }

        /// From 0, from the raster's upper left pixel.
        package var x: Int32
        package var y: Int32
        /// The place of its class in ``PointPixels/names``.
        package var name: Int32
        package var source: Source
        /// The layer's place in the file.
        package var layer: Int32
        /// The file's own number of the feature.
        package var feature: Int
    }

    /// Names of classes as the file has them, in the order of their bytes.
    package private(set) var names: [String]
    /// By rows, in each by columns.
    package private(set) var pixels: [Pixel]
    /// What was left out.
    package private(set) var exclusions: PointExclusions
    /// What had to be taken for granted, as sentences.
    package let notes: [String]

    /// - Parameters:
    ///   - found: in any order; pixels may occur several times.
    init(
        names: [String], found: [Pixel], exclusions: PointExclusions, notes: [String]
    ) {
        self.exclusions = exclusions
        self.notes = notes
        let order = names.indices.sorted { Array(names[$0].utf8) < Array(names[$1].utf8) }
        var ranks = [Int32](repeating: 0, count: names.count)
        for (rank, index) in order.enumerated() { ranks[index] = Int32(rank) }
        self.names = order.map { names[$0] }
        var sorted = found
        for index in sorted.indices { sorted[index].name = ranks[Int(sorted[index].name)] }
        sorted.sort {
            ($0.y, $0.x, $0.name, $0.layer, $0.feature) < (
                $1.y, $1.x, $1.name, $1.layer, $1.feature
            )
        }
        pixels = []
        var start = 0
        while start < sorted.count {
            let first = sorted[start]
            var end = start + 1
            while end < sorted.count, sorted[end].x == first.x, sorted[end].y == first.y {
                end += 1
            }
            // Sorted by names: if the last one's is the first one's, all are.
            if sorted[end - 1].name == first.name {
                pixels.append(first)
                self.exclusions.count(.duplicate, end - start - 1)
            } else {
                self.exclusions.count(.contradictory, end - start)
            }
            start = end
        }
    }

    package func name(of pixel: Pixel) -> String { names[Int(pixel.name)] }

    /// Leaves out the pixels for which `keep`, in the order of ``pixels``, is false.
    package mutating func keep(
        where keep: [Bool], otherwise reason: PointExclusions.Reason
    ) {
        precondition(keep.count == pixels.count, "\(keep.count) of \(pixels.count)")
        let before = pixels.count
        pixels = zip(pixels, keep).filter(\.1).map(\.0)
        exclusions.count(reason, before - pixels.count)
    }

    /// Gives `body` windows of a bounded size that hold all pixels, each with the places of its own in
    /// ``pixels``.
    package func eachWindow(
        of raster: PointRaster, side: Int = 512, _ body: (PixelWindow, [Int]) throws -> Void
    ) rethrows {
        var start = 0
        while start < pixels.count {
            let band = Int(pixels[start].y) / side
            var columns: [Int: [Int]] = [:]
            while start < pixels.count, Int(pixels[start].y) / side == band {
                columns[Int(pixels[start].x) / side, default: []].append(start)
                start += 1
            }
            for (column, places) in columns.sorted(by: { $0.key < $1.key }) {
                let window = PixelWindow(
                    x: column * side, y: band * side, width: side, height: side)
                try body(
                    window.clipped(toWidth: raster.width, height: raster.height), places)
            }
        }
    }

    /// The labels of a map at ``pixels``; ``LabelReader/none`` where it has no data.
    package func labels(in map: LabelReader) throws -> [Int32] {
        var found = [Int32](repeating: LabelReader.none, count: pixels.count)
        try eachWindow(of: PointRaster(map)) { window, places in
            let labels = try map.read(window)
            for place in places {
                let pixel = pixels[place]
                found[place] =
                    labels[
                        (Int(pixel.y) - window.y) * window.width + Int(pixel.x) - window.x]
            }
        }
        return found
    }
}

extension [UInt8] {
    fileprivate static func < (left: [UInt8], right: [UInt8]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }
}
