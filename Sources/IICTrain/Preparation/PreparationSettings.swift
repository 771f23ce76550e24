/// How scenes become tiles.
package struct PreparationSettings: Sendable {
    /// How labels are scaled.
    package enum Resampling: String, CaseIterable, Sendable {
        case nearest, majority
    }

    /// Which tiles with truth `labelled_test.txt` lists.
    package enum TestTiles: Sendable {
        /// So large a share of all tiles, drawn from those with truth.
        case share(Double)
        /// Those of scenes whose names hold one of these.
        case scenes([String])
    }

    /// Pixels of a scaled scene per pixel of the scene, above 0 and at most 1.
    package var scale = 1.0
    /// Pixels a side.
    package var tile = 200
    package var palette: TruthPalette?
    package var resampling = Resampling.nearest
    package var test = TestTiles.share(0.1)
    package var seed: UInt64 = 1
    /// Red, green, blue and infrared, from 1; found by their descriptions unless given.
    package var bands: [Int]?
    /// The share of a truth's pixels that may have colours which stand for nothing.
    package var unknownShare = 0.001
    /// Whether truth that says where it lies must lie on its scene.
    package var checksPlaces = true

    package init() {}

    /// What the IIC authors did with ISPRS Potsdam (their `potsdam_prepare.py`): 6000 × 6000 pixels at
    /// half their size are 15 × 15 tiles, and a tenth of all tiles is for testing.
    package static func potsdam(_ palette: TruthPalette) -> PreparationSettings {
        var settings = PreparationSettings()
        settings.scale = 0.5
        settings.palette = palette
        settings.bands = [1, 2, 3, 4]
        // Names pair them, and the authors look at nothing else.
        settings.checksPlaces = false
        return settings
    }
}
