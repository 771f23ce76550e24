import Foundation
import IICInfer
import IICWeb

/// What the page wants changed: the members of a request's body, checked.
struct LabellingOrder {
    private static let longestName = 80

    private let members: JSONValue
    let state: LabellingState

    /// - Throws: 409 where the page does not show `state`: its answer may be meant for another point.
    init(_ request: WebRequest, _ state: LabellingState) throws(WebRefusal) {
        members = try request.json()
        self.state = state
        guard try integer("revision") == state.revision else {
            throw WebRefusal(
                status: 409,
                sentence: "Something has changed since this page was shown, perhaps on another "
                    + "page: look at it again.")
        }
    }

    private func integer(_ name: String) throws(WebRefusal) -> Int {
        guard let value = members[name]?.integer else {
            throw WebRefusal(status: 400, sentence: "The body needs a whole number “\(name)”.")
        }
        return value
    }

    private func text(_ name: String) throws(WebRefusal) -> String {
        guard let value = members[name]?.string else {
            throw WebRefusal(status: 400, sentence: "The body needs a text “\(name)”.")
        }
        return value
    }

    /// A point that is asked for, or has an answer.
    func point(mustBeAnswered: Bool) throws(WebRefusal) -> Int {
        let id = try integer("point")
        guard
            state.answers.contains(where: { $0.point.id == id })
                || !mustBeAnswered && state.proposal?.id == id
        else {
            throw WebRefusal(
                status: 404,
                sentence: mustBeAnswered
                    ? "The point \(id) has no answer." : "The point \(id) is not asked for.")
        }
        return id
    }

    func classID(_ name: String = "class") throws(WebRefusal) -> Int {
        let id = try integer(name)
        guard state.classes.contains(where: { $0.id == id }) else {
            throw WebRefusal(status: 404, sentence: "There is no class \(id).")
        }
        return id
    }

    func verdict() throws(WebRefusal) -> LabellingVerdict {
        if members["class"] != nil { return .named(try classID()) }
        if members["name"] != nil {
            let name = try className()
            // Whoever types a name that is there means that class.
            if let known = holder(of: name) { return .named(known.id) }
            guard state.allowsNewClasses else {
                throw WebRefusal(
                    status: 409,
                    sentence: "There is no class “\(name.shown)”: choose one that is there.")
            }
            return .new(name: name, colour: try colour())
        }
        switch try text("verdict") {
        case "mixed" where state.allowsMixed: return .mixed
        case "not-sure": return .notSure
        case let other:
            throw WebRefusal(status: 400, sentence: "There is no verdict “\(other.shown)” here.")
        }
    }

    /// The class of that name, whatever its letters' case.
    func holder(of name: String) -> LabellingState.Class? {
        state.classes.first { $0.name.lowercased() == name.lowercased() }
    }

    func className() throws(WebRefusal) -> String {
        let name = try text("name").trimmingCharacters(in: .whitespacesAndNewlines)
        guard !name.isEmpty else {
            throw WebRefusal(status: 400, sentence: "A class needs a name.")
        }
        guard name.unicodeScalars.count <= Self.longestName else {
            throw WebRefusal(
                status: 400,
                sentence:
                    "The name is longer than \(Self.longestName) characters: give a shorter one.")
        }
        guard
            name.unicodeScalars.allSatisfy({
                ![.control, .format, .privateUse, .lineSeparator, .paragraphSeparator, .unassigned]
                    .contains($0.properties.generalCategory)
            })
        else {
            throw WebRefusal(
                status: 400,
                sentence: "The name has characters that cannot be seen: leave them out.")
        }
        return name
    }

    func colour() throws(WebRefusal) -> [UInt8] {
        let text = try text("colour")
        guard let colour = LabellingColour.parsed(text) else {
            throw WebRefusal(
                status: 400, sentence: "A colour is of the form #0072b2, not “\(text.shown)”.")
        }
        return colour
    }
}
