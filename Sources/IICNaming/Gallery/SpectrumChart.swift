import Foundation
import IICInfer

/// The mean spectrum of one class with its spread, before those of all others, as SVG.
struct SpectrumChart {
    private static let (width, height) = (340.0, 190.0)
    private static let (left, right, top, bottom) = (52.0, 16.0, 12.0, 30.0)

    /// The bands by wavelength, those of which nothing is known last.
    private let bands: [Int]
    private let roles: [BandRole]
    private let spectra: [[Spread]]
    private let axis: Axis

    /// - Parameter spectra: of the classes that have pixels.
    init(roles: [BandRole], spectra: [[Spread]]) {
        let order: [BandRole] = [.blue, .green, .red, .infrared, .other]
        bands = order.flatMap { role in roles.indices.filter { roles[$0] == role } }
        self.roles = roles
        self.spectra = spectra
        let ends = spectra.joined().flatMap { [$0.mean - $0.deviation, $0.mean + $0.deviation] }
        axis = Axis((ends.min() ?? 0)...(ends.max() ?? 1), marks: 4)
    }

    private func x(_ place: Int) -> Double {
        let span = Self.width - Self.left - Self.right
        // Room for words on both sides.
        return Self.left + span * (Double(place) + 0.5) / Double(bands.count)
    }

    private func y(_ value: Double) -> Double {
        Self.height - Self.bottom - axis.place(value) * (Self.height - Self.top - Self.bottom)
    }

    private func points(_ values: [Double]) -> [String] {
        values.enumerated().map { "\(fixed(x($0.offset), 1)),\(fixed(y($0.element), 1))" }
    }

    private func name(_ band: Int) -> String {
        roles[band] == .other ? "band \(band + 1)" : roles[band].rawValue
    }

    /// What a screen reader says.
    private func words(_ spectrum: [Spread]) -> String {
        bands.map {
            "\(name($0)) \(axis.text(spectrum[$0].mean)) ± \(axis.text(spectrum[$0].deviation))"
        }.joined(separator: ", ")
    }

    /// - Parameter colour: of the class.
    func html(_ spectrum: [Spread], colour: [UInt8]) -> String {
        var svg =
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
            + "aria-label=\"Mean spectrum: \(escaped(words(spectrum)))\">"
        for tick in axis.ticks {
            let at = fixed(y(tick), 1)
            svg +=
                "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" "
                + "y1=\"\(at)\" y2=\"\(at)\"/><text x=\"\(Self.left - 7)\" y=\"\(at)\" "
                + "dy=\"0.35em\" text-anchor=\"end\">\(axis.text(tick))</text>"
        }
        for (place, band) in bands.enumerated() {
            svg +=
                "<text x=\"\(fixed(x(place), 1))\" y=\"\(Self.height - 9)\" "
                + "text-anchor=\"middle\">\(name(band))</text>"
        }
        for other in spectra where other != spectrum && bands.count > 1 {
            let line = points(bands.map { other[$0].mean }).joined(separator: " ")
            svg += "<polyline class=\"others\" points=\"\(line)\"/>"
        }
        let high = points(bands.map { spectrum[$0].mean + spectrum[$0].deviation })
        let low = points(bands.map { spectrum[$0].mean - spectrum[$0].deviation })
        let middle = points(bands.map { spectrum[$0].mean })
        svg +=
            "<polygon class=\"spread\" fill=\"\(css(colour))\" points=\""
            + (high + low.reversed()).joined(separator: " ") + "\"/>"
            + "<polyline class=\"line\" stroke=\"\(css(colour))\" points=\""
            + middle.joined(separator: " ") + "\"/>"
        for point in middle {
            let parts = point.split(separator: ",")
            svg +=
                "<circle cx=\"\(parts[0])\" cy=\"\(parts[1])\" r=\"3.5\" fill=\"\(css(colour))\"/>"
        }
        return svg + "</svg>"
    }
}
