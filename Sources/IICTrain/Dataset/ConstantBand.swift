package import IICInfer

/// A band that has one value wherever the training data were looked at: it tells nothing.
package struct ConstantBand: Equatable, Sendable {
    package let role: BandRole
    /// In the data's units.
    package let value: Float

    package init(role: BandRole, value: Float) {
        self.role = role
        self.value = value
    }

    /// Those among the bands of a source, by its sample of their values.
    static func all(of source: any TrainingSource) -> [ConstantBand] {
        zip(source.roles, source.quantiles?.bands ?? []).compactMap { role, values in
            values.first.flatMap { $0 == values.last ? ConstantBand(role: role, value: $0) : nil }
        }
    }
}

/// In the summary of a model's data.
extension JSONValue {
    private static let constantBands = "constantBands"

    /// With these bands named, if there are any.
    func adding(_ bands: [ConstantBand]) -> JSONValue {
        guard case .object(var members) = self, !bands.isEmpty else { return self }
        members[Self.constantBands] = .object(
            Dictionary(bands.map { ($0.role.rawValue, JSONValue.number(Double($0.value))) }) { $1 })
        return .object(members)
    }

    /// What makes data the same: older versions named no bands.
    var withoutConstantBands: JSONValue {
        guard case .object(var members) = self else { return self }
        members[Self.constantBands] = nil
        return .object(members)
    }
}
