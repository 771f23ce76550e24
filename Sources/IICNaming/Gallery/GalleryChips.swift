import Foundation
import IICInfer

/// The chips of a gallery's places, as PNG data in the text that pages take.
struct GalleryChips {
    struct Picture {
        var trueColour: String
        /// Nil without infrared.
        var infrared: String?
    }

    private var pictures: [Place: Picture] = [:]

    private struct Place: Hashable {
        let scene, x, y: Int
    }

    /// Opens each scene once and draws what lies in it.
    ///
    /// - Parameter painter: of the scene of a number.
    /// - Throws: what reading throws, or ``Interrupted``.
    init(
        of gallery: Gallery, painter: (Int) throws -> ChipPainter, isCancelled: () -> Bool
    ) throws {
        let places = gallery.classes.flatMap { $0.typical + $0.doubtful }
        for scene in gallery.scenes.indices {
            let here = places.filter { $0.scene == scene }
            guard !here.isEmpty else { continue }
            let painter = try painter(scene)
            for place in here {
                if isCancelled() { throw Interrupted() }
                var chip = Chip(x: place.x, y: place.y, size: Gallery.chipSize, zoom: 3)
                var picture = Picture(trueColour: try Self.text(painter.png(chip)))
                if painter.renderings.contains(.infrared) {
                    chip.rendering = .infrared
                    picture.infrared = try Self.text(painter.png(chip))
                }
                pictures[Place(scene: scene, x: place.x, y: place.y)] = picture
            }
        }
    }

    subscript(place: ClassPlace) -> Picture? {
        pictures[Place(scene: place.scene, x: place.x, y: place.y)]
    }

    var hasInfrared: Bool { pictures.values.contains { $0.infrared != nil } }

    /// A PNG as the address of an image.
    static func text(_ png: [UInt8]) -> String {
        "data:image/png;base64," + Data(png).base64EncodedString()
    }
}
