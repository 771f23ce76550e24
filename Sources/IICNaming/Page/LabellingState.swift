/// All that a labelling page shows but its pictures.
package struct LabellingState: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// Names are made up as one goes, and the map grows with the answers.
        case naming
        /// Blind: no map, no areas.
        case assessment
    }

    package struct Scene: Hashable, Sendable {
        package var name: String
        package var width: Int
        package var height: Int
        /// The side of a pixel; nil where the scene does not tell.
        package var pixelMetres: Double?

        package init(name: String, width: Int, height: Int, pixelMetres: Double?) {
            self.name = name
            self.width = width
            self.height = height
            self.pixelMetres = pixelMetres
        }
    }

    package struct Class: Hashable, Sendable {
        /// Above 0, and never another class's.
        package var id: Int
        package var name: String
        /// Red, green, blue, 0…255.
        package var colour: [UInt8]
        /// How many points have it.
        package var answers: Int
        /// Of all mapped pixels; nil while there is no map.
        package var share: Double?
        package var hectares: Double?

        package init(
            id: Int, name: String, colour: [UInt8], answers: Int, share: Double? = nil,
            hectares: Double? = nil
        ) {
            self.id = id
            self.name = name
            self.colour = colour
            self.answers = answers
            self.share = share
            self.hectares = hectares
        }
    }

    /// A pixel that is, was or will be asked for.
    package struct Point: Hashable, Sendable {
        /// Above 0, and never another point's.
        package var id: Int
        /// The place in ``LabellingState/scenes``.
        package var scene: Int
        /// Counted from 0 from the scene's upper left corner.
        package var x: Int
        package var y: Int

        package init(id: Int, scene: Int, x: Int, y: Int) {
            self.id = id
            self.scene = scene
            self.x = x
            self.y = y
        }
    }

    package struct Answered: Hashable, Sendable {
        package enum Verdict: Hashable, Sendable {
            case named(Int)
            case mixed
            case notSure
        }

        package var point: Point
        package var verdict: Verdict

        package init(point: Point, verdict: Verdict) {
            self.point = point
            self.verdict = verdict
        }
    }

    /// What ``LabellingTask/finish()`` has made.
    package struct Result: Hashable, Sendable {
        package var path: String
        package var sentences: [String]
        /// What one might type next.
        package var commands: [String]
        /// That of the state that it was made of.
        package var revision: Int

        package init(path: String, sentences: [String], commands: [String], revision: Int) {
            self.path = path
            self.sentences = sentences
            self.commands = commands
            self.revision = revision
        }
    }

    package var kind: Kind
    /// What is labelled, in a few words.
    package var title: String
    /// Another one after each change of answers, classes, map or areas.
    package var revision: Int
    package var scenes: [Scene]
    /// In the order in which they came; keys are given in it.
    package var classes: [Class] = []
    /// In the order in which they were given.
    package var answers: [Answered] = []
    /// What is asked now; nil when nothing is left to ask.
    package var proposal: Point?
    /// Those that will probably follow: their chips are asked for ahead.
    package var upcoming: [Point] = []
    /// Numbers of answers at which one may well stop, ascending.
    package var steps: [Int]
    /// The sides of the chips in the scene's pixels; odd, for a pixel to be in the middle.
    package var chipSides: [ChipView: Int]
    /// How often names agree in cross-validation, 0…1; nil while it is unknown.
    package var agreement: Double?
    package var canUndo = false
    package var allowsNewClasses = true
    package var allowsMixed = true
    /// Pixels of a scene that may be in view at a time.
    package var mapPixels = 500_000
    /// The file that answers are saved in.
    package var saved: String
    package var result: Result?
    /// What else the person should know.
    package var notes: [String] = []

    package init(
        kind: Kind, title: String, revision: Int, scenes: [Scene], steps: [Int],
        chipSides: [ChipView: Int], saved: String
    ) {
        self.kind = kind
        self.title = title
        self.revision = revision
        self.scenes = scenes
        self.steps = steps
        self.chipSides = chipSides
        self.saved = saved
    }
}
