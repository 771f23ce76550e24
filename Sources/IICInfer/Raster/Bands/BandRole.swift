/// What a band shows. A model names the roles of its input bands, in order.
public enum BandRole: String, Codable, Sendable, CaseIterable {
    case red, green, blue, infrared
    /// A band that nothing describes.
    case other
}
