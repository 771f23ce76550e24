/// What makes the classes of a map.
public enum Refine: String, Codable, Sendable, CaseIterable {
    /// Head B alone.
    case network
    /// The pixels' own values alone, by the model's ``Mixture``.
    case mixture
    /// Both, the network with the weight that the model gives it.
    case both
}

extension ModelBundle {
    /// What makes the classes unless a user says: both, where the model has a refinement and tiles
    /// know their neighbours.
    public func refine(in geometry: Geometry) -> Refine {
        refinement != nil && geometry == .seamless ? .both : .network
    }

    /// - Throws: ``SegmentError`` if the model or the geometry has no such read-out.
    func readOut(_ refine: Refine, geometry: Geometry) throws(SegmentError) -> any ReadOut {
        guard refine != .network else { return HeadReadOut(architecture) }
        guard geometry == .seamless else { throw .refineNeedsSeamless(refine) }
        guard let refinement else { throw .noRefinement(refine) }
        return MixtureReadOut(refinement, weight: refine == .mixture ? 0 : nil)
    }
}
