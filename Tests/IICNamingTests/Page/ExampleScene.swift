import Glibc
import IICInfer

/// A river, woods, fields and houses, in numbers alone.
struct ExampleScene: Sendable {
    let width: Int
    let height: Int
    /// Of all pixels, by cover.
    private(set) var shares: [Double]

    /// Water, wood, meadow, crop, houses, roads, sand: red, green, blue and infrared.
    private static let colours: [[Double]] = [
        [38, 66, 82, 20], [46, 74, 48, 150], [104, 134, 74, 190], [164, 150, 98, 120],
        [168, 110, 90, 90], [120, 118, 116, 80], [206, 190, 156, 140],
    ]

    init(width: Int, height: Int) {
        self.init(width, height, [])
        var counts = [Double](repeating: 0, count: Self.colours.count)
        let step = max(1, width / 300)
        for y in stride(from: 0, to: height, by: step) {
            for x in stride(from: 0, to: width, by: step) { counts[cover(x, y)] += 1 }
        }
        shares = counts.map { $0 / counts.reduce(0, +) }
    }

    private init(_ width: Int, _ height: Int, _ shares: [Double]) {
        self.width = width
        self.height = height
        self.shares = shares
    }

    /// Of pixels of half a metre.
    var hectares: Double { Double(width * height) * 0.25 / 1e4 }

    /// The same for the same numbers, 0 to 1.
    private func chance(_ x: Int, _ y: Int, _ salt: UInt64) -> Double {
        var value = UInt64(bitPattern: Int64(x)) &* 0x9E37_79B9_7F4A_7C15
        value ^= (UInt64(bitPattern: Int64(y)) &+ salt) &* 0xC2B2_AE3D_27D4_EB4F
        value = (value ^ (value >> 29)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 32)) &* 0x94D0_49BB_1331_11EB
        return Double(value >> 40) / Double(1 << 24)
    }

    /// Chances at the corners of cells, and what lies smoothly between them.
    private func smooth(_ x: Double, _ y: Double, _ salt: UInt64) -> Double {
        let (column, row) = (x.rounded(.down), y.rounded(.down))
        let (u, v) = (x - column, y - row)
        let (a, b) = (u * u * (3 - 2 * u), v * v * (3 - 2 * v))
        let (i, j) = (Int(column), Int(row))
        let top = chance(i, j, salt) * (1 - a) + chance(i + 1, j, salt) * a
        let low = chance(i, j + 1, salt) * (1 - a) + chance(i + 1, j + 1, salt) * a
        return top * (1 - b) + low * b
    }

    func cover(_ column: Int, _ row: Int) -> Int {
        let x = Double(column) / Double(height)
        let y = Double(row) / Double(height)
        let bank = abs(y - 0.52 - 0.16 * sin(4.2 * x + 0.6) - 0.03 * sin(17 * x))
        let wide = 0.035 + 0.02 * smooth(x * 5, y * 5, 1)
        if bank < wide { return 0 }
        if bank < wide + 0.006 + 0.018 * smooth(x * 20, y * 20, 2) - 0.006 { return 6 }
        let (u, v) = (x * 0.966 + y * 0.259, y * 0.966 - x * 0.259)
        if abs(v - 0.16) < 0.006 || abs(u - 0.94) < 0.005 { return 5 }
        let wood = smooth(x * 3.4, y * 3.4, 3) + 0.35 * smooth(x * 15, y * 15, 4)
        if wood > 0.82 { return 1 }
        let town = smooth(x * 2.6, y * 2.6, 5)
        if town > 0.66 {
            let (p, q) = (u * 42, v * 42)
            let (i, j) = (Int(p.rounded(.down)), Int(q.rounded(.down)))
            if i % 4 == 0 { return 5 }
            let (a, b) = (p - p.rounded(.down), q - q.rounded(.down))
            if chance(i, j, 6) > 0.3, a > 0.18, a < 0.8, b > 0.2, b < 0.78 { return 4 }
            return 2
        }
        return chance(Int((u * 7).rounded(.down)), Int((v * 11).rounded(.down)), 7) > 0.48 ? 3 : 2
    }

    /// A PNG whose pixels show those of the scene that `place` says; black beyond it.
    func picture(
        _ columns: Int, _ rows: Int, infrared: Bool, _ place: (Int, Int) -> (x: Int, y: Int)
    ) throws -> [UInt8] {
        var picture = Picture(width: columns, height: rows)
        for row in 0..<rows {
            for column in 0..<columns {
                let (x, y) = place(column, row)
                var shown: [UInt8] = [0, 0, 0]
                if (0..<width).contains(x), (0..<height).contains(y) {
                    let kind = cover(x, y)
                    let colour = Self.colours[kind]
                    let rough = kind == 1 ? 0.55 : kind == 0 ? 0.08 : 0.2
                    let grain =
                        smooth(Double(x) / 3, Double(y) / 3, 8) * 0.6 + chance(x, y, 9) * 0.25
                        + smooth(Double(x) / 40, Double(y) / 40, 10) * 0.5
                    let light = 1 + rough * (grain - 0.67)
                    let bands = infrared ? [colour[3], colour[0], colour[1]] : Array(colour[..<3])
                    shown = bands.map { UInt8(max(0, min(255, $0 * light))) }
                }
                picture.set(row * columns + column, shown)
            }
        }
        return try picture.png
    }
}
