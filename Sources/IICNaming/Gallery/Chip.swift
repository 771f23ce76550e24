/// What a small picture around one pixel of a scene shows.
package struct Chip: Hashable, Sendable {
    package enum Rendering: String, Hashable, Sendable, CaseIterable {
        /// Red, green and blue, or what the scene has instead.
        case trueColour
        /// Infrared, red and green as red, green and blue: plants are red.
        case infrared
        /// True colour of a wider place, each pixel a mean of several.
        case wide
    }

    /// The pixel, in the file's own pixels from the upper left corner; it may lie at the scene's
    /// border, where the chip shows no data beyond it.
    package var x: Int
    package var y: Int
    /// Pixels of the scene on a side.
    package var size: Int
    /// Pixels of the picture that one of the scene is long.
    package var zoom: Int
    package var rendering: Rendering
    /// Whether a cross-hair points at the pixel.
    package var hasCross: Bool

    /// - Precondition: the picture has 1…2048 pixels on a side.
    package init(
        x: Int, y: Int, size: Int = 64, zoom: Int = 4, rendering: Rendering = .trueColour,
        hasCross: Bool = true
    ) {
        precondition(size > 0 && zoom > 0 && size <= 2048 / zoom, "\(size) × \(zoom)")
        self.x = x
        self.y = y
        self.size = size
        self.zoom = zoom
        self.rendering = rendering
        self.hasCross = hasCross
    }

    /// Pixels of the picture on a side.
    package var side: Int { size * zoom }

    /// How many times wider than others a ``Rendering/wide`` chip is, about.
    private static let wideness = 8

    /// Pixels of the scene on a side of what one pixel of the picture is the mean of.
    ///
    /// - Parameter longest: the scene's longer side: nothing is gained by showing much more than it.
    func block(longest: Int) -> Int {
        guard rendering == .wide else { return 1 }
        return max(1, min(Self.wideness / zoom, (longest + side - 1) / side))
    }

    /// Pixels of the picture that one pixel of the scene, or one mean, takes on a side.
    var cell: Int { rendering == .wide ? 1 : zoom }
}
