import Foundation

/// In JSON the measures of a labelling stand beside its other numbers.
extension EvaluationReport: Codable {
    private enum Key: String, CodingKey {
        case pixels, ignored, clusters, majorityShare, classes, confusion, baselines, notes
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        pixels = try values.decode(Int.self, forKey: .pixels)
        ignored = try values.decode(Int.self, forKey: .ignored)
        clusters = try values.decode(Int.self, forKey: .clusters)
        measures = try LabelMeasures(from: decoder)
        majorityShare = try values.decode(Double.self, forKey: .majorityShare)
        classes = try values.decode([ClassScore].self, forKey: .classes)
        confusion = try values.decode([[Int]].self, forKey: .confusion)
        baselines = try values.decode([BaselineScore].self, forKey: .baselines)
        notes = try values.decode([String].self, forKey: .notes)
    }

    public func encode(to encoder: any Encoder) throws {
        try measures.encode(to: encoder)
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(pixels, forKey: .pixels)
        try values.encode(ignored, forKey: .ignored)
        try values.encode(clusters, forKey: .clusters)
        try values.encode(majorityShare, forKey: .majorityShare)
        try values.encode(classes, forKey: .classes)
        try values.encode(confusion, forKey: .confusion)
        try values.encode(baselines, forKey: .baselines)
        try values.encode(notes, forKey: .notes)
    }

    /// One JSON object on one line.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension EvaluationReport.BaselineScore: Codable {
    private enum Key: String, CodingKey {
        case method, clusters
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        method = try values.decode(String.self, forKey: .method)
        clusters = try values.decode(Int.self, forKey: .clusters)
        measures = try LabelMeasures(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try measures.encode(to: encoder)
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(method, forKey: .method)
        try values.encode(clusters, forKey: .clusters)
    }
}
