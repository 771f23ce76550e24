import Foundation
package import IICInfer
import Yams

/// A YAML file that holds flags' names and their values: scalars, or lists of them.
package struct SettingsFile: Sendable {
    /// Settings need a few lines; more is another kind of file.
    static let longest = 1 << 16

    let path: String
    /// In the file's order.
    let values: [(name: String, values: [String])]

    package init(reading path: String) throws {
        // Not an `InputFile`: it may be a pipe.
        let descriptor = PathCalls.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SettingsError(
                "Cannot read the settings file “\(path)”: there is no such file, or no permission.",
                .noInput)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let data: Data
        do {
            data = try file.read(upToCount: Self.longest + 1) ?? Data()
        } catch {
            throw SettingsError("Cannot read the settings file “\(path)”: it is not a file.")
        }
        guard data.count <= Self.longest, let text = String(validating: data, as: UTF8.self) else {
            throw SettingsError(
                "Cannot read the settings file “\(path)”: it is too long, or no UTF-8 text.")
        }
        try self.init(text: text, path: path)
    }

    package init(text: String, path: String) throws {
        self.path = path
        func failure(_ what: String) -> SettingsError {
            SettingsError("The settings file “\(path)” \(what)", .usage)
        }
        let root: Node?
        do {
            // Only composed, never constructed: aliases stay references, so that none can explode.
            root = try Yams.compose(yaml: text)
        } catch {
            let words = "\(error)".split(whereSeparator: \.isWhitespace).joined(separator: " ")
            throw failure("is no valid YAML: \(words)")
        }
        guard let root, root.null == nil else {
            values = []
            return
        }
        guard let mapping = root.mapping else {
            throw failure("must hold lines such as “threads: 2”.")
        }
        var values: [(name: String, values: [String])] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw failure("must hold lines such as “threads: 2”.")
            }
            if let scalar = value.scalar {
                guard value.null == nil else { continue }
                values.append((name, [scalar.string]))
            } else if let list = value.sequence {
                values.append(
                    (
                        name,
                        try list.map { item in
                            guard let scalar = item.scalar else {
                                throw failure("gives “\(name)” more than a plain list of values.")
                            }
                            return scalar.string
                        }
                    ))
            } else {
                throw failure("gives “\(name)” neither a value nor a list of values.")
            }
        }
        self.values = values
    }
}

/// Settings from outside the command line that cannot be used.
package struct SettingsError: UserError, Equatable {
    package let description: String
    package let exitStatus: ExitStatus

    init(_ description: String, _ exitStatus: ExitStatus = .badInput) {
        self.description = description
        self.exitStatus = exitStatus
    }
}
