package import IICInfer

/// One draw of colour changes, in the order they apply: torchvision's `ColorJitter`.
///
/// 8-bit data take Pillow's integer arithmetic, other data the same formulas on 0…1 in `Float`.
/// Infrared is never touched.
package struct ColourJitter: Sendable {
    package enum Change: Sendable {
        case brightness(Float), contrast(Float), saturation(Float)
        /// In turns of the colour wheel.
        case hue(Float)
    }

    var changes: [Change]

    init(changes: [Change]) { self.changes = changes }

    /// Factors in 1 ± the amounts, hue in ± its own, in random order; what has the amount 0 is left
    /// out.
    package init(_ amounts: JitterAmounts, random: inout SplitMix64) {
        func factor(_ amount: Double) -> Float {
            random.uniform(1 - Float(amount)...1 + Float(amount))
        }
        let all: [(amount: Double, change: Change)] = [
            (amounts.brightness, .brightness(factor(amounts.brightness))),
            (amounts.contrast, .contrast(factor(amounts.contrast))),
            (amounts.saturation, .saturation(factor(amounts.saturation))),
            (amounts.hue, .hue(random.uniform(-Float(amounts.hue)...Float(amounts.hue)))),
        ]
        changes = random.permutation(all.count).map { all[$0] }.filter { $0.amount > 0 }
            .map(\.change)
    }

    /// Changes the three bands of a patch.
    ///
    /// - Parameter rgb: where red, green and blue lie among the bands.
    func apply(to patch: inout Patch, rgb: [Int]) {
        let channels = patch.values.count / patch.valid.count
        let scale: Float = patch.isByte ? 255 : 1
        var pixels = [SIMD3<Float>](repeating: .zero, count: patch.valid.count)
        for index in pixels.indices {
            let offset = index * channels
            pixels[index] = SIMD3(
                patch.values[offset + rgb[0]], patch.values[offset + rgb[1]],
                patch.values[offset + rgb[2]])
            if patch.isByte { pixels[index] = (pixels[index] * scale).rounded(.toNearestOrEven) }
        }
        for change in changes {
            if patch.isByte {
                ByteColour.apply(change, to: &pixels, valid: patch.valid)
            } else {
                UnitColour.apply(change, to: &pixels, valid: patch.valid)
            }
        }
        for index in pixels.indices where patch.valid[index] != 0 {
            for band in 0..<3 {
                patch.values[index * channels + rgb[band]] = pixels[index][band] / scale
            }
        }
    }
}

/// What the changes do to single pixels, in one kind of arithmetic.
package protocol ColourArithmetic {
    static func luma(_ pixel: SIMD3<Float>) -> Float
    /// The grey that contrast changes lead away from, given the mean of all lumas.
    static func grey(_ mean: Double) -> Float
    /// From one colour to another, or beyond it.
    static func blend(_ from: SIMD3<Float>, _ to: SIMD3<Float>, _ factor: Float) -> SIMD3<Float>
    /// Moves the hue, in turns of the colour wheel.
    static func turn(_ pixel: SIMD3<Float>, _ turns: Float) -> SIMD3<Float>
}

extension ColourArithmetic {
    /// - Parameter valid: 0 for pixels that contrast does not look at; they become anything.
    package static func apply(
        _ change: ColourJitter.Change, to pixels: inout [SIMD3<Float>], valid: [UInt8]
    ) {
        switch change {
        case .brightness(let factor):
            for index in pixels.indices { pixels[index] = blend(.zero, pixels[index], factor) }
        case .contrast(let factor):
            var (sum, count) = (0.0, 0.0)
            for index in pixels.indices where valid[index] != 0 {
                sum += Double(luma(pixels[index]))
                count += 1
            }
            let mean = SIMD3(repeating: grey(sum / max(1, count)))
            for index in pixels.indices { pixels[index] = blend(mean, pixels[index], factor) }
        case .saturation(let factor):
            for index in pixels.indices {
                let grey = SIMD3<Float>(repeating: luma(pixels[index]))
                pixels[index] = blend(grey, pixels[index], factor)
            }
        case .hue(let turns):
            for index in pixels.indices { pixels[index] = turn(pixels[index], turns) }
        }
    }
}

/// The changes on whole numbers 0…255, as Pillow's `ImageEnhance` and HSV conversion compute them.
package enum ByteColour: ColourArithmetic {
    /// Pillow's `convert("L")`: ITU-R 601 in 16-bit fixed point.
    package static func luma(_ pixel: SIMD3<Float>) -> Float {
        let sum = Int(pixel.x) * 19595 + Int(pixel.y) * 38470 + Int(pixel.z) * 7471
        return Float((sum + 0x8000) >> 16)
    }

    package static func grey(_ mean: Double) -> Float { Float(Int(mean + 0.5)) }

    /// Pillow's `Image.blend`: truncated, and clamped where `factor` extrapolates.
    package static func blend(
        _ from: SIMD3<Float>, _ to: SIMD3<Float>, _ factor: Float
    ) -> SIMD3<Float> {
        (from + factor * (to - from)).clamped(
            lowerBound: .zero, upperBound: SIMD3(repeating: 255)
        ).rounded(.down)
    }

    /// RGB → HSV, hue moved in steps of 1/256, → RGB, with Pillow's rounding at each step.
    package static func turn(_ pixel: SIMD3<Float>, _ turns: Float) -> SIMD3<Float> {
        let shift = Int(turns * 255)
        let (r, g, b) = (pixel.x, pixel.y, pixel.z)
        let (largest, smallest) = (max(r, g, b), min(r, g, b))
        guard largest != smallest else { return pixel }
        let range = largest - smallest
        let (rc, gc, bc) = ((largest - r) / range, (largest - g) / range, (largest - b) / range)
        var sixth: Float
        if r == largest {
            sixth = bc - gc
        } else if g == largest {
            sixth = Float(2 + Double(rc) - Double(bc))
        } else {
            sixth = Float(4 + Double(gc) - Double(rc))
        }
        let fraction = Double(sixth) / 6 + 1
        sixth = Float(fraction - fraction.rounded(.down))
        let hue = (min(255, max(0, Int(Double(sixth) * 255))) + shift) & 255
        let saturation = min(255, max(0, Int(Double(range / largest) * 255)))
        return colour(hue: hue, saturation: saturation, value: largest)
    }

    private static func colour(hue: Int, saturation: Int, value: Float) -> SIMD3<Float> {
        guard saturation > 0 else { return SIMD3(repeating: value) }
        let position = Double(hue) * 6 / 255
        let fs = Float(Double(saturation) / 255)
        let sector = position.rounded(.down)
        let f = Float(position - sector)
        // C's `round`, of numbers that are not negative.
        func level(_ part: Double) -> Float {
            min(255, max(0, Float((Double(value) * part + 0.5).rounded(.down))))
        }
        let p = level(1 - Double(fs))
        let q = level(1 - Double(fs * f))
        let t = level(1 - Double(fs) * (1 - Double(f)))
        switch Int(sector) % 6 {
        case 0: return SIMD3(value, t, p)
        case 1: return SIMD3(q, value, p)
        case 2: return SIMD3(p, value, t)
        case 3: return SIMD3(p, q, value)
        case 4: return SIMD3(t, p, value)
        default: return SIMD3(value, p, q)
        }
    }
}

/// The changes on real numbers 0…1.
enum UnitColour: ColourArithmetic {
    static func luma(_ pixel: SIMD3<Float>) -> Float {
        0.299 * pixel.x + 0.587 * pixel.y + 0.114 * pixel.z
    }

    static func grey(_ mean: Double) -> Float { Float(mean) }

    static func blend(
        _ from: SIMD3<Float>, _ to: SIMD3<Float>, _ factor: Float
    ) -> SIMD3<Float> {
        (from + factor * (to - from)).clamped(lowerBound: .zero, upperBound: .one)
    }

    static func turn(_ pixel: SIMD3<Float>, _ turns: Float) -> SIMD3<Float> {
        let (r, g, b) = (pixel.x, pixel.y, pixel.z)
        let value = max(r, g, b)
        let range = value - min(r, g, b)
        guard range > 0 else { return pixel }
        let sixth: Float =
            r == value ? (g - b) / range : g == value ? 2 + (b - r) / range : 4 + (r - g) / range
        var hue = sixth / 6 + turns
        hue -= hue.rounded(.down)
        let saturation = range / value
        let position = hue * 6
        let f = position - position.rounded(.down)
        let p = value * (1 - saturation)
        let q = value * (1 - saturation * f)
        let t = value * (1 - saturation * (1 - f))
        switch Int(position) % 6 {
        case 0: return SIMD3(value, t, p)
        case 1: return SIMD3(q, value, p)
        case 2: return SIMD3(p, value, t)
        case 3: return SIMD3(p, q, value)
        case 4: return SIMD3(t, p, value)
        default: return SIMD3(value, p, q)
        }
    }
}
