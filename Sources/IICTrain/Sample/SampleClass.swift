/// The six classes of a synthetic scene's truth, by their value in `truth.tif`.
public enum SampleClass: UInt8, CaseIterable, Sendable {
    case impervious, building, lowVegetation, tree, bareSoil, water

    public var name: String {
        switch self {
        case .impervious: "impervious surface"
        case .building: "building"
        case .lowVegetation: "low vegetation"
        case .tree: "tree"
        case .bareSoil: "bare soil"
        case .water: "water"
        }
    }

    /// Red, green and blue, 0…255.
    public var colour: [UInt8] {
        switch self {
        case .impervious: [190, 190, 190]
        case .building: [200, 60, 45]
        case .lowVegetation: [165, 215, 95]
        case .tree: [35, 115, 50]
        case .bareSoil: [165, 120, 70]
        case .water: [50, 105, 190]
        }
    }
}
