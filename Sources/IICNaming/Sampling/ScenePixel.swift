/// A pixel of one of several scenes.
package struct ScenePixel: Hashable, Sendable {
    /// The scene's place among them.
    package var scene: Int
    /// Counted from 0 from the scene's upper left corner.
    package var x: Int
    package var y: Int

    package init(scene: Int, x: Int, y: Int) {
        self.scene = scene
        self.x = x
        self.y = y
    }
}
