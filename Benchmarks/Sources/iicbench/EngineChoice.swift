import ArgumentParser
import IICInfer

/// The engines that can be timed: a new one takes two lines here.
enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
    case reference, winograd

    func engine(_ model: ModelBundle, geometry: Geometry) -> any Engine {
        switch self {
        case .reference: ReferenceEngine(weights: model.weights, geometry: geometry)
        case .winograd: WinogradEngine(weights: model.weights, geometry: geometry)
        }
    }
}
