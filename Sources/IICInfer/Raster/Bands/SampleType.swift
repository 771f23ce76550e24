/// The pixel types that a scene may have.
public enum SampleType: String, Codable, Sendable, CaseIterable {
    case uint8, uint16, int16, float32
}
