/// What a person says of one pixel of a scene.
package struct Answer: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        /// It shows the class of this name.
        case named(String)
        /// It shows several.
        case mixed
        /// It cannot be told.
        case notSure
    }

    /// As the person gave it.
    package var scene: String
    /// The pixel, counted from 0 from the scene's upper left corner.
    package var x: Int
    package var y: Int
    package var verdict: Verdict

    package init(scene: String, x: Int, y: Int, verdict: Verdict) {
        self.scene = scene
        self.x = x
        self.y = y
        self.verdict = verdict
    }
}
