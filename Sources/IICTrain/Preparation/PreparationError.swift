package import IICInfer

/// Why a dataset cannot be made of scenes.
package enum PreparationError: UserError, Equatable {
    /// The path, and what is wrong as the end of a sentence.
    case palette(String, String)
    case noScenes(String)
    case bothKinds(String)
    case ambiguous(String, String)
    case noTruth(truths: String)
    case wideSamples(String, SampleType)
    case tooSmall(String, tile: Int, tiles: String)
    /// `most` at this scale; `pixels` of a scene, a side.
    case tileTooLarge(Int, scale: Double, most: Int, pixels: Int)
    case sizesDiffer(scene: String, truth: String, sizes: [Int])
    case notTruth(String, String)
    case needsPalette(String)
    case classNumber(String, Int32)
    case unknownColours(String, share: Double, most: String, limit: Double)
    case noSuchTest(String)
    case notEmpty(String)
    case notOurs(String)
    /// A file among the tiles of a dataset.
    case foreign(String)
    case busy(String)

    package var exitStatus: ExitStatus {
        switch self {
        case .noScenes: .noInput
        case .noSuchTest, .needsPalette, .bothKinds, .tileTooLarge: .usage
        case .notEmpty, .notOurs, .foreign: .cannotWrite
        case .busy: .tryAgain
        default: .badInput
        }
    }

    package var description: String {
        switch self {
        case .palette(let path, let reason):
            "“\(path)” is no palette: \(reason)."
        case .noScenes(let path):
            "“\(path)” holds no rasters (.tif, .tiff, .jp2, .vrt, .img, .png); name the folder that does."
        case .bothKinds(let path):
            "“\(path)” is given as a scene and as truth: name the files of each, not their folder."
        case .ambiguous(let one, let other):
            "“\(one)” and “\(other)” both belong to one scene by their names; give one of them."
        case .noTruth(let path):
            "No truth belongs to a scene by its name, not even “\(path)”: a scene “a_RGBIR.tif” has its "
                + "truth in “a.tif” or “a_label.tif”."
        case .wideSamples(let path, let type):
            "“\(path)” has samples of type \(type.rawValue), and tiles hold uint8: scale it with "
                + "gdal_translate -ot Byte -scale LOW HIGH 0 255, or train on the scene itself."
        case .tooSmall(let path, let tile, let size):
            "“\(path)” has \(size) pixels at this scale, too few for one tile of \(tile): give a smaller "
                + "--tile or a larger --scale."
        case .tileTooLarge(let tile, let scale, let most, let pixels):
            "--tile \(tile) at a --scale of \(scale) makes a tile of more than \(pixels) × \(pixels) "
                + "pixels of a scene, which are in memory at once: give "
                + [
                    most >= 16 ? "a --tile of at most \(most)" : nil,
                    scale < 1 ? "a larger --scale" : nil,
                ].compactMap(\.self).joined(separator: ", or ") + "."
        case .sizesDiffer(let scene, let truth, let sizes):
            "“\(truth)” is \(sizes[2]) × \(sizes[3]) pixels, and its scene “\(scene)” "
                + "\(sizes[0]) × \(sizes[1]): truth must lie on the scene's pixels."
        case .notTruth(let path, let reason):
            "“\(path)” is no truth: \(reason). One band of class numbers, or red, green and blue of 8 "
                + "bits were expected."
        case .needsPalette(let path):
            "“\(path)” has its classes in colours: say which is which with --palette."
        case .classNumber(let path, let value):
            "“\(path)” has the class \(value), above the highest that is allowed, "
                + "\(EvaluationError.largestClass)."
        case .unknownColours(let path, let share, let most, let limit):
            "\(Self.percent(share)) of “\(path)” have colours that the palette lacks, \(most) most often: "
                + "complete --palette, raise --tolerance, or allow more than \(Self.percent(limit)) with "
                + "--unknown."
        case .noSuchTest(let name):
            "No scene with truth is called “\(name)”, which --test names."
        case .notEmpty(let path):
            "“\(path)” is not empty: name another folder, or give --overwrite where iicd prepare has "
                + "written it."
        case .notOurs(let path):
            "“\(path)” was not written by iicd prepare (there is no tiles.csv in it), so --overwrite "
                + "leaves it alone: name another folder."
        case .foreign(let path):
            "“\(path)” is no tile of a dataset: move it away, or name another folder."
        case .busy(let path):
            "Another iicd prepare is writing “\(path)”: wait for its end, or name another folder."
        }
    }

    /// Never “0 %” of something.
    static func percent(_ share: Double) -> String {
        let value = share * 100
        return value < 0.01 ? "under 0.01 %" : "\((value * 100).rounded() / 100) %"
    }
}
