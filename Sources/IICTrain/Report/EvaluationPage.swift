public import IICInfer

/// Labels and their truth on one page: how well they agree, and where they do not.
public struct EvaluationPage: Sendable {
    public let report: EvaluationReport
    /// Names of the files, without folders.
    let labels: String
    let truth: String
    let samples: [EvaluationSamples]
    let origin: [(name: String, value: String)]
    /// Those of the report, without folders.
    private let notes: [String]
    /// The predicted classes by value; names are empty where nobody gave one.
    let found: [Legend.Entry]
    /// The true class that each of them stands for, if any.
    let match: [Int?]

    /// - Parameters:
    ///   - labels: the name of the map's or the model's file, without folders.
    ///   - truth: that of the truth's.
    ///   - legend: names and colours of the predicted classes by value, as far as there are any.
    ///   - samples: of the raster, or of each tile that is shown.
    ///   - origin: what else there is to say of where the labels are from.
    ///   - paths: of files that the report's notes name, which the page does without their folders.
    public init(
        _ report: EvaluationReport, labels: String, truth: String, legend: Legend,
        samples: [EvaluationSamples], origin: [(name: String, value: String)],
        paths: [String] = []
    ) {
        self.report = report
        self.labels = labels
        self.truth = truth
        self.samples = samples
        self.origin = origin
        notes = report.notes.map { note in
            paths.reduce(note) { $0.replacing("“\($1)”", with: "“\(Self.fileName($1))”") }
        }
        let count = report.confusion.count
        let unnamed = Legend.unnamed(classes: count).entries
        found = (0..<count).map { value in
            legend.entries.indices.contains(value)
                ? legend.entries[value] : Legend.Entry(name: "", colour: unnamed[value].colour)
        }
        var match = [Int?](repeating: nil, count: count)
        for (known, score) in report.classes.enumerated() {
            if let value = score.match { match[value] = known }
        }
        self.match = match
    }

    /// The page, with the same bytes for the same labels and truth.
    public var html: String {
        Page(
            title: "\(labels): evaluation", heading: labels,
            line: "against \(escaped(truth)) · \(grouped(report.pixels)) pixels compared"
                + (report.ignored > 0
                    ? ", \(grouped(report.ignored)) without label or truth left out" : ""),
            cards: cards,
            sections: [
                ("Taken for granted", noteList), ("Where it is wrong", pictures),
                ("Classes", classTable), ("Confusion", confusionTable),
                ("Beside what needs no network", measureTable), ("Made from", originTable),
            ], isWide: true
        ).html
    }

    private var cards: [(name: String, value: String)] {
        var cards: [(name: String, value: String)] = []
        for (name, value) in zip(LabelMeasures.names, report.measures.texts) {
            cards.append((name, value))
        }
        cards.append(("largest class alone", percent(report.majorityShare, digits: 1)))
        cards.append(("classes found", "\(report.clusters)"))
        return cards
    }

    private var noteList: String {
        notes.map { "<p class=\"warn\">\(escaped($0))</p>" }.joined()
    }

    /// What pages call a file or folder.
    public static func fileName(_ path: String) -> String {
        path.pathName.shown
    }

    /// What a table calls a predicted class: its name, and its value where the name does not tell it.
    func foundName(_ value: Int) -> String {
        let name = found[value].name
        guard !name.isEmpty else { return "class \(value)" }
        return found.count { $0.name == name } == 1 ? name : "\(name) (\(value))"
    }

    /// The colour of the class that stands for a true one; a grey if none does.
    func trueColour(_ known: Int) -> [UInt8] {
        if let value = report.classes[known].match { return found[value].colour }
        return Array(repeating: [70, 130, 190][known % 3], count: 3)
    }

    /// A patch of colour before a name.
    static func patch(_ colour: [UInt8]) -> String { "<i style=\"background:\(css(colour))\"></i>" }
}
