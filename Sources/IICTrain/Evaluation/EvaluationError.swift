public import IICInfer

/// Why labels and truth cannot be compared.
public enum EvaluationError: UserError, Equatable {
    case sizesDiffer(
        labels: String, labelsSize: (width: Int, height: Int), truth: String,
        truthSize: (width: Int, height: Int))
    case placesDiffer(labels: String, truth: String, what: String)
    case tooManyClasses(path: String, value: Int32)
    case nothingToCompare(labels: String, truth: String)

    /// The largest class number that is counted; a matrix of 4096² counts takes 128 MiB.
    public static let largestClass: Int32 = 1023

    public var exitStatus: ExitStatus { .badInput }

    public var description: String {
        switch self {
        case .sizesDiffer(let labels, let labelsSize, let truth, let truthSize):
            "“\(labels)” has \(labelsSize.width) × \(labelsSize.height) pixels and “\(truth)” "
                + "\(truthSize.width) × \(truthSize.height); cut both to the same extent."
        case .placesDiffer(let labels, let truth, let what):
            "“\(labels)” and “\(truth)” do not lie on the same pixels: their \(what) differ; "
                + "warp one onto the other with gdalwarp."
        case .tooManyClasses(let path, let value):
            "“\(path)” has the value \(value), too large for a class number (at most "
                + "\(Self.largestClass)); is it a raster of classes?"
        case .nothingToCompare(let labels, let truth):
            "No pixel has both a label in “\(labels)” and truth in “\(truth)”."
        }
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.description == right.description
    }
}
