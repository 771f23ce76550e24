import IICInfer

/// All that a person has said: classes in the order in which they came, and the answers.
package struct AnswerBook: Hashable, Sendable {
    package struct Class: Hashable, Sendable {
        /// Above 0, and never another class's.
        package var id: Int
        package var name: String
        /// Red, green, blue, 0…255.
        package var colour: [UInt8]
    }

    package enum Verdict: Hashable, Sendable {
        /// The number of its class.
        case named(Int)
        /// The pixel shows several classes.
        case mixed
        /// It cannot be told.
        case notSure
    }

    package struct Entry: Hashable, Sendable {
        package var pixel: ScenePixel
        package var verdict: Verdict
    }

    package private(set) var classes: [Class] = []
    package private(set) var entries: [Entry] = []
    private var lastID = 0

    package init() {}

    /// The class of a name, which is made if it is new.
    ///
    /// - Parameter colour: of a new class; one that others do not have if nil.
    package mutating func id(of name: String, colour: [UInt8]? = nil) -> Int {
        if let known = classes.first(where: { $0.name == name }) { return known.id }
        lastID += 1
        let used = Set(classes.map(\.colour))
        let free = Legend.unnamed(classes: classes.count + 16).entries.map(\.colour)
            .first { !used.contains($0) }
        classes.append(Class(id: lastID, name: name, colour: colour ?? free ?? [128, 128, 128]))
        return lastID
    }

    package func name(of id: Int) -> String? { classes.first { $0.id == id }?.name }

    /// Answers for a pixel, anew where there is an answer already.
    package mutating func answer(_ pixel: ScenePixel, _ verdict: Verdict) {
        let entry = Entry(pixel: pixel, verdict: verdict)
        if let index = entries.firstIndex(where: { $0.pixel == pixel }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
    }

    package mutating func remove(_ pixel: ScenePixel) {
        entries.removeAll { $0.pixel == pixel }
    }

    package mutating func change(_ id: Int, name: String, colour: [UInt8]) {
        guard let index = classes.firstIndex(where: { $0.id == id }) else { return }
        classes[index].name = name
        classes[index].colour = colour
    }

    package mutating func merge(_ id: Int, into other: Int) {
        guard id != other else { return }
        for index in entries.indices where entries[index].verdict == .named(id) {
            entries[index].verdict = .named(other)
        }
        classes.removeAll { $0.id == id }
    }

    /// Classes that an answer names, in their order: those of a map.
    package var named: [Class] {
        classes.filter { known in entries.contains { $0.verdict == .named(known.id) } }
    }

    /// Answers that name a class: where, and the class's place in ``named``.
    package var labels: [(pixel: ScenePixel, label: Int)] {
        let places = Dictionary(
            uniqueKeysWithValues: named.enumerated().map { ($1.id, $0) })
        return entries.compactMap { entry in
            guard case .named(let id) = entry.verdict, let label = places[id] else { return nil }
            return (entry.pixel, label)
        }
    }
}
