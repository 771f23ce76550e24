/// What server-sent events tell of.
package protocol WebEventSource: Sendable {
    /// The events' name.
    var name: String { get }
    /// Where a client that gets no stream may ask for the same.
    var path: String { get }
    /// Another one whenever there is something new.
    var version: Int { get }
    /// One line, made on a thread of its own.
    func text() throws -> String
}
