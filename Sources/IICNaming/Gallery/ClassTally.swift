import Foundation
import IICInfer

/// What is counted of a model's classes, window by window.
struct ClassTally {
    private let classes: Int
    private let channels: Int
    /// The places of red and infrared among the bands, if there are both.
    private let index: (red: Int, infrared: Int)?
    /// A class has at most one typical and one doubtful place in each square of so many pixels.
    private let square: Int

    /// One a class: pixels, and sums of their margins in 65,535ths.
    private(set) var pixels: [Int]
    private(set) var margins: [Int]
    /// `(K, C)`.
    private var sums: [Double]
    private var squares: [Double]
    private var indices: [(count: Int, sum: Double, squares: Double)]
    /// `(K, K)`, symmetric: sides of pixels between two classes.
    private(set) var borders: [Int]
    private(set) var typical: [[ClassPlace]]
    private(set) var doubtful: [[ClassPlace]]

    /// - Parameter windows: of which no more than a few are full of squares.
    init(classes: Int, roles: [BandRole], windows: Int) {
        self.classes = classes
        channels = roles.count
        index =
            if let red = roles.firstIndex(of: .red), let infrared = roles.firstIndex(of: .infrared)
            { (red, infrared) } else { nil }
        square = windows <= 16 ? 50 : 100
        pixels = Array(repeating: 0, count: classes)
        margins = pixels
        sums = Array(repeating: 0, count: classes * roles.count)
        squares = sums
        indices = Array(repeating: (0, 0, 0), count: classes)
        borders = Array(repeating: 0, count: classes * classes)
        typical = Array(repeating: [], count: classes)
        doubtful = typical
    }

    mutating func add(_ piece: ClassPiece) {
        let (width, height) = (piece.window.width, piece.window.height)
        for pixel in 0..<piece.window.count {
            guard let k = piece.label(pixel) else { continue }
            pixels[k] += 1
            margins[k] += Int(piece.margin(pixel))
            for band in 0..<channels {
                let value = Double(piece.values[pixel * channels + band])
                sums[k * channels + band] += value
                squares[k * channels + band] += value * value
            }
            if let index {
                let red = Double(piece.values[pixel * channels + index.red])
                let infrared = Double(piece.values[pixel * channels + index.infrared])
                if red >= 0 && infrared >= 0 && red + infrared > 0 {
                    let value = (infrared - red) / (infrared + red)
                    indices[k].count += 1
                    indices[k].sum += value
                    indices[k].squares += value * value
                }
            }
            let (x, y) = (pixel % width, pixel / width)
            for (isInside, other) in [(x + 1 < width, pixel + 1), (y + 1 < height, pixel + width)]
            where isInside {
                guard let neighbour = piece.label(other), neighbour != k else { continue }
                borders[k * classes + neighbour] += 1
                borders[neighbour * classes + k] += 1
            }
        }
        for y in stride(from: 0, to: height, by: square) {
            for x in stride(from: 0, to: width, by: square) {
                addPlaces(
                    of: piece, columns: x..<min(width, x + square),
                    rows: y..<min(height, y + square))
            }
        }
    }

    /// The surest and the least sure pixel of each class in a part of a window. Of equally sure ones it
    /// is that with most of its class around it, and then any.
    private mutating func addPlaces(of piece: ClassPiece, columns: Range<Int>, rows: Range<Int>) {
        let width = piece.window.width
        var surest = [(key: Int, pixel: Int)?](repeating: nil, count: classes)
        var least = surest
        for y in rows {
            for x in columns {
                let pixel = y * width + x
                guard let k = piece.label(pixel) else { continue }
                let margin = Int(piece.margin(pixel))
                let chance = Int(SplitMix64.mix(UInt64(pixel)) & 0xFFFF)
                let doubt = margin << 16 + chance
                if doubt < least[k]?.key ?? .max { least[k] = (doubt, pixel) }
                // Hundredths: beyond these, how sure a read-out is of a pixel says nothing of it.
                let level = margin * 100 / 65_535 << 24
                guard level + 25 << 16 + 0xFFFF > surest[k]?.key ?? -1,
                    piece.isInner(x: x, y: y)
                else { continue }
                let key = level + piece.company(x: x, y: y) << 16 + chance
                if key > surest[k]?.key ?? -1 { surest[k] = (key, pixel) }
            }
        }
        for k in 0..<classes {
            if let surest = surest[k] { typical[k].append(place(of: piece, surest.pixel)) }
            if let least = least[k] { doubtful[k].append(place(of: piece, least.pixel)) }
        }
    }

    private func place(of piece: ClassPiece, _ pixel: Int) -> ClassPlace {
        let (x, y) = (pixel % piece.window.width, pixel / piece.window.width)
        return ClassPlace(
            scene: piece.scene, x: piece.window.x + x, y: piece.window.y + y,
            margin: piece.margin(pixel),
            company: piece.isInner(x: x, y: y) ? piece.company(x: x, y: y) : 0,
            isCut: piece.isCut(x: x, y: y),
            values: Array(piece.values[pixel * channels..<(pixel + 1) * channels]))
    }

    /// Mean and standard deviation of each band.
    func spectrum(of k: Int) -> [Spread] {
        (0..<channels).map { band in
            Spread(
                count: pixels[k], sum: sums[k * channels + band],
                squares: squares[k * channels + band])
        }
    }

    /// Of the normalised difference of infrared and red; nil without any.
    func vegetation(of k: Int) -> Spread? {
        let (count, sum, squares) = indices[k]
        return count == 0 ? nil : Spread(count: count, sum: sum, squares: squares)
    }
}

/// A mean with a standard deviation.
package struct Spread: Sendable, Equatable {
    package var mean: Double
    package var deviation: Double

    init(count: Int, sum: Double, squares: Double) {
        let n = Double(max(1, count))
        mean = sum / n
        deviation = max(0, squares / n - mean * mean).squareRoot()
    }
}
