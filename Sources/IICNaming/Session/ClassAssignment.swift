package import IICInfer

/// Names and mergers of a model's own classes, as a person writes them: `3,7=water`.
package struct ClassAssignment: Hashable, Sendable {
    /// The classes' numbers in a map.
    package var values: [Int]
    package var name: String

    /// Nil unless `text` is of that form.
    package init?(parsing text: String) {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        let values = text[..<sign].split(separator: ",", omittingEmptySubsequences: false)
            .map { Int($0.drop(while: { $0 == " " })) }
        let name = String(text[text.index(after: sign)...])
        guard values.allSatisfy({ $0 != nil }), Legend.problem(ofName: name) == nil else {
            return nil
        }
        self.values = values.compactMap(\.self)
        self.name = name
    }

    /// The model with some of its classes named and merged, in the order of their lowest numbers; those
    /// that nobody names keep what they are called.
    ///
    /// - Throws: ``ClassAssignmentError``.
    package static func apply(
        _ assignments: [ClassAssignment], to model: ModelBundle
    ) throws(ClassAssignmentError) -> ModelBundle {
        guard model.naming == nil else { throw .named }
        let (classes, own) = (model.architecture.classes, model.legend)
        var names = [String?](repeating: nil, count: classes)
        for assignment in assignments {
            for value in assignment.values {
                guard names.indices.contains(value) else {
                    throw .noClass(value, classes: classes)
                }
                guard names[value] == nil || names[value] == assignment.name else {
                    throw .twice(value)
                }
                names[value] = assignment.name
            }
        }
        var legend: [Legend.Entry] = []
        var targets: [Int] = []
        for value in 0..<classes {
            let name = names[value] ?? own.entries[value].name
            if let place = legend.firstIndex(where: { $0.name == name }) {
                targets.append(place)
                continue
            }
            targets.append(legend.count)
            legend.append(Legend.Entry(name: name, colour: own.entries[value].colour))
        }
        var named = model
        named.naming = Naming(.merged(targets))
        named.legend = Legend(entries: legend)
        named.softwareVersion = Software.version
        return named
    }
}

/// Why classes cannot be named so.
package enum ClassAssignmentError: UserError, Equatable {
    case noClass(Int, classes: Int)
    case twice(Int)
    /// A model whose classes are named already.
    case named

    package var exitStatus: ExitStatus { .usage }

    package var description: String {
        switch self {
        case .noClass(let value, let classes):
            """
            There is no class \(value): the model's maps have the numbers 0 to \(classes - 1), which \
            iicd legend shows.
            """
        case .named:
            """
            The model's classes are named already: give the model that was named, or change names with \
            iicd legend --rename.
            """
        case .twice(let value): "The class \(value) gets two names: give one."
        }
    }
}
