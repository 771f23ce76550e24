import ArgumentParser
import IICInfer

/// The engines that can be timed: a new one takes two lines here.
enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
    case plain, winograd

    func engine(_ model: ModelBundle, geometry: Geometry) -> any Engine {
        let weights = NetworkWeights(tensors: model.weights, architecture: model.architecture)
        return switch self {
        case .plain: PlainEngine(weights: weights, geometry: geometry)
        case .winograd: WinogradEngine(weights: weights, geometry: geometry)
        }
    }
}
