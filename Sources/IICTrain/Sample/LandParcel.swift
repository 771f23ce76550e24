/// A piece of land with one use, a rectangle in the plan's own bent coordinates.
struct LandParcel: Sendable {
    enum Use: Sendable {
        case lot, wood, meadow, crop, soil
    }

    /// Limits along the plan's axes, in pixels, roads already taken off.
    var u: ClosedRange<Float>
    var v: ClosedRange<Float>
    var use = Use.meadow
    /// Factors of red, green, blue and infrared that tell this parcel from others of its use.
    var tint = SIMD4<Float>(repeating: 1)
    /// Whether rows and furrows run along u.
    var alongU = true
    /// Distance of rows or furrows, in pixels.
    var rowDistance: Float = 6
    /// In a lot: whether the yard around the house is paved, or else a garden.
    var isPaved = false

    var area: Float { (u.upperBound - u.lowerBound) * (v.upperBound - v.lowerBound) }
}

/// One wing of a house: a rectangle of pixels with a ridged roof.
struct Roof: Sendable {
    var x: Float
    var y: Float
    /// Unit vector of the ridge.
    var ridge: SIMD2<Float>
    var halfLength: Float
    var halfWidth: Float
    /// Length of the cast shadow, in pixels.
    var shadow: Float
    var tint: SIMD4<Float>

    /// Place along and across the ridge, in pixels from the roof's middle.
    func local(_ px: Float, _ py: Float) -> SIMD2<Float> {
        let dx = px - x
        let dy = py - y
        return SIMD2(dx * ridge.x + dy * ridge.y, dy * ridge.x - dx * ridge.y)
    }

    func covers(_ place: SIMD2<Float>) -> Bool {
        abs(place.x) <= halfLength && abs(place.y) <= halfWidth
    }

    /// No part of the roof or its shadow is farther from its middle.
    var reach: Float { halfLength + halfWidth + shadow + 2 }
}
