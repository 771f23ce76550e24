/// What makes the classes of a map.
public enum Refine: String, Codable, Sendable, CaseIterable {
    /// Head B alone.
    case network
    /// The pixels' own values alone, by the model's ``Mixture``.
    case mixture
    /// Both, the network with the weight that the model gives it.
    case both
    /// What a person has named: for models with a ``Naming``, and nothing else for these.
    case named
}

extension ModelBundle {
    /// What makes the classes unless a user says: both, where the model has a refinement and tiles
    /// know their neighbours; what was named, where classes have names.
    public func refine(in geometry: Geometry) -> Refine {
        if naming != nil { return .named }
        return refinement != nil && geometry == .seamless ? .both : .network
    }

    /// - Throws: ``SegmentError`` if the model or the geometry has no such read-out.
    func readOut(_ refine: Refine, geometry: Geometry) throws(SegmentError) -> any ReadOut {
        guard (naming != nil) == (refine == .named) else {
            throw naming == nil ? .notNamed : .named(refine)
        }
        if let naming {
            guard geometry == .seamless else { throw .refineNeedsSeamless(refine) }
            switch naming.classes {
            case .learnt(let named):
                return NamedReadOut(named, channels: architecture.channels)
            case .merged(let targets):
                var own = self
                own.naming = nil
                let readOut = try own.readOut(own.refine(in: geometry), geometry: geometry)
                return MergedReadOut(readOut, targets: targets)
            }
        }
        guard refine != .network else { return HeadReadOut(architecture) }
        guard geometry == .seamless else { throw .refineNeedsSeamless(refine) }
        guard let refinement else { throw .noRefinement(refine) }
        return MixtureReadOut(refinement, weight: refine == .mixture ? 0 : nil)
    }
}
