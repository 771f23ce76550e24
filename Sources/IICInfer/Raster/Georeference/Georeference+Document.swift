extension Georeference {
    /// All of it, to the bit, for files that ``init(document:)`` reads.
    var document: JSONValue {
        [
            "crs": crs.map(JSONValue.string) ?? .null,
            "epoch": epoch.map(Self.bits) ?? .null,
            "transform": transform.map { .array($0.map(Self.bits)) } ?? .null,
            "pixelIsPoint": .bool(pixelIsPoint),
            "controlPoints": .array(
                controlPoints.map { point in
                    .array([point.pixel, point.line, point.x, point.y, point.z].map(Self.bits))
                }),
            "controlPointCRS": controlPointCRS.map(JSONValue.string) ?? .null,
            "rationalCoefficients": .object(rationalCoefficients.mapValues(JSONValue.string)),
        ]
    }

    /// Nil for what is no such document.
    init?(document: JSONValue) {
        self.init()
        crs = document["crs"]?.string
        epoch = document["epoch"].flatMap(Self.number)
        if let numbers = document["transform"]?.array {
            let transform = numbers.compactMap(Self.number)
            guard transform.count == 6, numbers.count == 6 else { return nil }
            self.transform = transform
        }
        guard let isPoint = document["pixelIsPoint"]?.bool,
            let points = document["controlPoints"]?.array,
            case .object(let coefficients) = document["rationalCoefficients"]
        else { return nil }
        pixelIsPoint = isPoint
        for point in points {
            let numbers = point.array?.compactMap(Self.number) ?? []
            guard numbers.count == 5 else { return nil }
            controlPoints.append(
                ControlPoint(
                    pixel: numbers[0], line: numbers[1], x: numbers[2], y: numbers[3],
                    z: numbers[4]))
        }
        controlPointCRS = document["controlPointCRS"]?.string
        rationalCoefficients = coefficients.compactMapValues(\.string)
    }

    /// Decimal digits would lose the sign of a zero.
    private static func bits(_ number: Double) -> JSONValue {
        .integer(Int(bitPattern: UInt(number.bitPattern)))
    }

    private static func number(_ bits: JSONValue) -> Double? {
        bits.integer.map { Double(bitPattern: UInt64(UInt(bitPattern: $0))) }
    }
}
