/// One pixel that shows what a class looks like.
package struct ClassPlace: Sendable, Equatable {
    /// The scene's place in the list of scenes.
    package var scene: Int
    /// In the file's own pixels.
    package var x: Int
    package var y: Int
    /// By how much the class is more probable than the next one, in 65,535ths.
    package var margin: UInt16
    /// Pixels of the same class among the 5 × 5 around it.
    var company: Int
    /// Whether a chip around it would show much that is no data.
    var isCut: Bool
    /// The scene's values there, one a band.
    var values: [Float]

    /// Whether chips of so many pixels on a side show some of the same ground.
    func overlaps(_ other: ClassPlace, size: Int) -> Bool {
        scene == other.scene && abs(x - other.x) < size && abs(y - other.y) < size
    }
}

extension [ClassPlace] {
    /// The first of these that share no ground with those chosen before, at most so many.
    func apart(size: Int, most: Int) -> [ClassPlace] {
        var chosen: [ClassPlace] = []
        for place in self where chosen.count < most {
            if !chosen.contains(where: { $0.overlaps(place, size: size) }) { chosen.append(place) }
        }
        return chosen
    }
}
