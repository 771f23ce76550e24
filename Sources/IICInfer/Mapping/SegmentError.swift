/// Why a scene cannot be mapped with a model, though each of them can be read.
public enum SegmentError: UserError, Equatable {
    case sampleType(path: String, scene: SampleType, model: SampleType)
    case outside(path: String, width: Int, height: Int)
    case tooManyClasses(Int)
    case replacesScene(path: String)
    case changed(path: String)

    public var exitStatus: ExitStatus {
        switch self {
        case .sampleType, .tooManyClasses: .badInput
        case .outside, .replacesScene: .usage
        case .changed: .tryAgain
        }
    }

    public var description: String {
        switch self {
        case .sampleType(let path, let scene, let model):
            """
            “\(path)” holds \(scene.rawValue) samples, but the model's scaling is that of \
            \(model.rawValue) data: give --scaling scene to scale by the scene's own values.
            """
        case .outside(let path, let width, let height):
            """
            The bounds lie outside of “\(path)”, which has \(width) × \(height) pixels: give \
            --bbox in pixels from its upper left corner.
            """
        case .tooManyClasses(let classes):
            """
            The model's head A has \(classes) classes, and a map can hold 255: train with \
            fewer overclusters.
            """
        case .replacesScene(let path):
            "“\(path)” is the scene itself or a part of it: give another output."
        case .changed(let path):
            "“\(path)” has changed while it was read; try again when it is whole."
        }
    }
}
