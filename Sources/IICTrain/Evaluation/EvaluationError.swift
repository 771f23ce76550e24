import Foundation
public import IICInfer

/// Why labels and truth cannot be compared.
public enum EvaluationError: UserError, Equatable {
    /// The command, here and below, brings the truth onto the labels' pixels; nil for none.
    case sizesDiffer(
        labels: String, labelsSize: (width: Int, height: Int), truth: String,
        truthSize: (width: Int, height: Int), command: String? = nil)
    case systemsDiffer(
        labels: String, labelsSystem: String, truth: String, truthSystem: String, command: String?)
    /// By how many pixels, at most.
    case placesDiffer(labels: String, truth: String, pixels: Double, command: String?)
    case tooManyClasses(path: String, value: Int32)
    case nothingToCompare(labels: String, truth: String)

    /// The largest class number that is counted; a matrix of 4096² counts takes 128 MiB.
    public static let largestClass: Int32 = 1023

    public var exitStatus: ExitStatus { .badInput }

    public var description: String {
        switch self {
        case .sizesDiffer(let labels, let labelsSize, let truth, let truthSize, let command):
            "“\(labels)” has \(labelsSize.width) × \(labelsSize.height) pixels and “\(truth)” "
                + "\(truthSize.width) × \(truthSize.height); cut both to the same extent"
                + (command.map { ": \($0)" } ?? ".")
        case .systemsDiffer(
            let labels, let labelsSystem, let truth, let truthSystem, let command):
            "“\(labels)” is in \(labelsSystem) and “\(truth)” in \(truthSystem), so that their "
                + "pixels are not the same ground; "
                + Self.warp(truth, onto: labels, command)
        case .placesDiffer(let labels, let truth, let pixels, let command):
            "“\(labels)” and “\(truth)” do not lie on the same pixels: they are "
                + (pixels < 1e6
                    ? "up to \(String(format: "%.1f", pixels)) pixels apart" : "far apart")
                + "; " + Self.warp(truth, onto: labels, command)
        case .tooManyClasses(let path, let value):
            "“\(path)” has the value \(value), too large for a class number (at most "
                + "\(Self.largestClass)); is it a raster of classes?"
        case .nothingToCompare(let labels, let truth):
            "No pixel has both a label in “\(labels)” and truth in “\(truth)”."
        }
    }

    private static func warp(_ truth: String, onto labels: String, _ command: String?) -> String {
        command.map { "bring the truth onto the pixels of “\(labels)”: \($0)" }
            ?? "warp “\(truth)” onto the pixels of “\(labels)” with gdalwarp."
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.description == right.description
    }
}
