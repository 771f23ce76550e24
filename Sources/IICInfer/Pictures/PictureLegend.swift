/// What stands below the picture of a map: a scale bar, and colours, names and shares of classes.
struct PictureLegend {
    /// What marks a line.
    private enum Swatch {
        case colour([UInt8])
        /// An empty frame.
        case noData
        case none
    }

    private struct Line {
        var swatch: Swatch
        var name: String
        var share: String
    }

    /// Lines at most; the rarest of more classes share the last one.
    private static let mostLines = 24
    /// Characters of a name at most; what is longer is cut.
    private static let longestName = 38
    private static let longestShare = 7
    private static let mostColumns = 4
    private static let lineHeight = 24
    private static let margin = 12
    private static let columnGap = 24
    private static let gap = 8
    private static let swatchSide = 14
    private static let ink: [UInt8] = [34, 34, 34]
    private static let frame: [UInt8] = [140, 140, 140]
    private static let paper: [UInt8] = [255, 255, 255]

    /// No legend is narrower, in pixels.
    static let leastWidth = 400
    /// No legend is higher, in pixels.
    static let mostHeight = 2 * margin + (1 + mostLines) * lineHeight

    let width: Int
    let height: Int
    private let scale: ScaleBar?
    private let lines: [Line]
    /// Lines below each other in a column.
    private let rows: Int
    private let columnWidth: Int
    private let nameLength: Int

    /// - Parameters:
    ///   - pixels: of each class of the map.
    ///   - total: all of the map's pixels; those that no class has are without data.
    ///   - width: of the picture above, in pixels.
    ///   - metresPerPixel: of that picture, from left to right; nil if unknown.
    init(_ legend: Legend, pixels: [Int], total: Int, width: Int, metresPerPixel: Double?) {
        self.width = max(width, Self.leastWidth)
        lines = Self.lines(legend, pixels: pixels, total: total)
        scale = metresPerPixel.flatMap { ScaleBar(metresPerPixel: $0, most: 200) }
        let room = self.width - 2 * Self.margin
        let rest =
            Self.swatchSide + 2 * Self.gap + Self.longestShare * Glyphs.width
        let longest = lines.map(\.name.count).max() ?? 0
        nameLength = min(longest, Self.longestName, (room - rest) / Glyphs.width)
        columnWidth = rest + nameLength * Glyphs.width
        let columns = min(
            Self.mostColumns,
            max(1, (room + Self.columnGap) / (columnWidth + Self.columnGap)))
        rows = (lines.count + columns - 1) / columns
        height = 2 * Self.margin + ((scale == nil ? 0 : 1) + rows) * Self.lineHeight
    }

    private static func lines(_ legend: Legend, pixels: [Int], total: Int) -> [Line] {
        let nodata = legend.entries.indices.reduce(total) { $0 - pixels[$1] }
        let room = mostLines - (nodata > 0 ? 1 : 0)
        var shown = Array(legend.entries.indices)
        var others: ArraySlice<Int> = []
        if shown.count > room {
            // By pixels, of equal ones the lower class first.
            let order = shown.sorted { (pixels[$1], $0) < (pixels[$0], $1) }
            shown = order.prefix(room - 1).sorted()
            others = order.dropFirst(room - 1)
        }
        var lines = shown.map { value in
            Line(
                swatch: .colour(legend.entries[value].colour), name: legend.entries[value].name,
                share: share(pixels[value], of: total))
        }
        if !others.isEmpty {
            let count = others.reduce(0) { $0 + pixels[$1] }
            lines.append(
                Line(
                    swatch: .none, name: "\(others.count) other classes",
                    share: share(count, of: total)))
        }
        if nodata > 0 {
            lines.append(
                Line(swatch: .noData, name: "No data", share: share(nodata, of: total)))
        }
        return lines
    }

    /// Per cent, with one digit after the point.
    private static func share(_ count: Int, of total: Int) -> String {
        let tenths = total > 0 ? Int((Double(count) / Double(total) * 1000).rounded()) : 0
        return count > 0 && tenths == 0 ? "<0.1 %" : "\(tenths / 10).\(tenths % 10) %"
    }

    /// Draws it over a part of a picture, opaque, from the left edge on.
    func draw(on picture: inout Picture, top: Int) {
        picture.fill(columns: 0..<width, rows: top..<top + height, Self.paper)
        var y = top + Self.margin
        if let scale {
            draw(scale, on: &picture, y: y)
            y += Self.lineHeight
        }
        for (index, line) in lines.enumerated() {
            let x = Self.margin + index / rows * (columnWidth + Self.columnGap)
            draw(line, on: &picture, x: x, y: y + index % rows * Self.lineHeight)
        }
    }

    /// A bar with a stroke at each end, and its length beside it.
    private func draw(_ scale: ScaleBar, on picture: inout Picture, y: Int) {
        let (left, right) = (Self.margin, Self.margin + scale.length)
        let middle = y + Self.lineHeight / 2
        picture.fill(columns: left..<right, rows: middle - 1..<middle + 1, Self.ink)
        for end in [left, right - 2] {
            picture.fill(columns: end..<end + 2, rows: middle - 6..<middle + 6, Self.ink)
        }
        picture.write(scale.label, x: right + Self.gap, y: textTop(y), Self.ink)
    }

    private func draw(_ line: Line, on picture: inout Picture, x: Int, y: Int) {
        let top = y + (Self.lineHeight - Self.swatchSide) / 2
        let (columns, rows) = (x..<x + Self.swatchSide, top..<top + Self.swatchSide)
        switch line.swatch {
        case .colour(let colour):
            picture.fill(columns: columns, rows: rows, Self.frame)
            picture.fill(columns: columns.inset(by: 1), rows: rows.inset(by: 1), colour)
        case .noData:
            picture.fill(columns: columns, rows: rows, Self.frame)
            picture.fill(columns: columns.inset(by: 1), rows: rows.inset(by: 1), Self.paper)
        case .none: break
        }
        let isCut = line.name.count > nameLength
        let name = isCut ? line.name.prefix(max(0, nameLength - 3)) + "..." : line.name[...]
        let left = x + Self.swatchSide + Self.gap
        picture.write(String(name), x: left, y: textTop(y), Self.ink)
        let right = x + columnWidth - line.share.count * Glyphs.width
        picture.write(line.share, x: right, y: textTop(y), Self.ink)
    }

    private func textTop(_ y: Int) -> Int { y + (Self.lineHeight - Glyphs.height) / 2 }
}

extension Range<Int> {
    /// Without so many at both ends.
    fileprivate func inset(by count: Int) -> Range<Int> { lowerBound + count..<upperBound - count }
}
