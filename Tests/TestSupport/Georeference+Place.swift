public import IICInfer

extension Georeference {
    /// Whether both say the same, reference systems by their meaning.
    ///
    /// Their texts do not tell: PROJ describes the datum of one EPSG number as `ENSEMBLE[…]` or as
    /// `DATUM[…]`, depending on what the thread that asks has read before, such as an older text of that
    /// datum. All else must be equal.
    public func isSamePlace(as other: Georeference) -> Bool {
        var rest = other
        rest.crs = crs
        rest.controlPointCRS = controlPointCRS
        return self == rest && Self.isOneSystem(crs, other.crs)
            && Self.isOneSystem(controlPointCRS, other.controlPointCRS)
    }

    /// Whether two reference systems, as WKT, are one, or there is none.
    private static func isOneSystem(_ first: String?, _ second: String?) -> Bool {
        first == second || Georeference(crs: first).hasSystem(of: Georeference(crs: second))
    }
}
