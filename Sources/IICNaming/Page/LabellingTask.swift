/// What a labelling page shows and changes.
///
/// The server calls it on threads of its own, one call at a time. An error that is a `UserError` is
/// told to the person as it is.
package protocol LabellingTask: AnyObject, Sendable {
    func state() throws -> LabellingState

    /// Answers for the proposal, or anew for a point that has an answer.
    func answer(_ point: Int, _ verdict: LabellingVerdict) throws

    /// Takes an answer back; its point may be proposed again.
    func remove(_ point: Int) throws

    /// Takes the last change back, whatever it was.
    func undo() throws

    /// Gives a class another name or colour; no other class has that name.
    func change(_ classID: Int, name: String, colour: [UInt8]) throws

    /// Gives all answers of one class to another one; the class goes.
    func merge(_ classID: Int, into other: Int) throws

    /// A PNG of the square around a point that ``LabellingState/chipSides`` says, its pixel in the
    /// middle and without a cross-hair; black, or transparent, beyond the scene.
    func chip(_ point: Int, _ view: ChipView) throws -> [UInt8]

    /// A PNG of a part of a scene as a person would see it.
    func picture(_ part: ScenePart) throws -> [UInt8]

    /// A PNG of the classes of that part in their colours, transparent where there is none.
    func map(_ part: ScenePart) throws -> [UInt8]

    /// Writes what the answers are for; ``LabellingState/result`` tells of it then.
    func finish() throws
}

/// What a person says of a point.
package enum LabellingVerdict: Hashable, Sendable {
    case named(Int)
    /// By a name that no class has yet; the colour is red, green and blue, 0…255.
    case new(name: String, colour: [UInt8])
    case mixed
    case notSure
}

/// How a point is looked at.
package enum ChipView: String, Hashable, Sendable, CaseIterable {
    case trueColour = "true-colour"
    case infrared
    case wide
}

/// A part of a scene, and the size of its picture.
package struct ScenePart: Hashable, Sendable {
    /// The place in ``LabellingState/scenes``.
    package var scene: Int
    /// In the scene's pixels, counted from 0 from its upper left corner; within the scene.
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int
    /// The picture's size in its own pixels, at most ``mostSide`` each.
    package var columns: Int
    package var rows: Int

    package static let mostSide = 2048

    package init(
        scene: Int, x: Int, y: Int, width: Int, height: Int, columns: Int, rows: Int
    ) {
        self.scene = scene
        self.x = x
        self.y = y
        self.width = width
        self.height = height
        self.columns = columns
        self.rows = rows
    }
}
