import Glibc
package import IICInfer

/// What the process that looks at scenes answers, one JSON object a scene.
package enum StructureAnswer {
    /// Reads names from standard input, each with a zero at its end, and answers on standard output, until
    /// the input ends. The first name is that of the folder that no part of a VRT may lie outside of.
    package static func serve() {
        var folder: String?
        var pending: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            while let end = pending.firstIndex(of: 0) {
                let scene = String(pathBytes: pending[..<end])
                pending.removeFirst(end + 1)
                guard let folder else {
                    folder = scene
                    continue
                }
                let line = Array((answer(scene, inside: folder).text + "\n").utf8)
                var rest = line[...]
                while !rest.isEmpty {
                    let count = unsafe rest.withUnsafeBytes {
                        unsafe write(1, $0.baseAddress, $0.count)
                    }
                    if count < 0 && errno == EINTR { continue }
                    guard count > 0 else { return }
                    rest = rest.dropFirst(count)
                }
            }
            let count = unsafe read(0, &bytes, bytes.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            pending += bytes.prefix(count)
        }
    }

    package static func answer(_ scene: String, inside folder: String) -> JSONValue {
        do {
            try SceneStructure.check(scene, inside: folder)
            return ["finding": "whole"]
        } catch let error as SparseScene {
            let nanoseconds = (error.quiet / .nanoseconds(1)).rounded()
            return [
                "finding": "sparse", "path": .string(error.path),
                "quiet": .integer(Int(max(-9e18, min(nanoseconds, 9e18)))),
            ]
        } catch let error as SceneRefusal {
            return ["finding": "refused", "text": .string(error.description)]
        } catch {
            let status = (error as? any UserError)?.exitStatus ?? .failed
            return [
                "finding": "failed", "code": .integer(Int(status.rawValue)),
                "text": .string("\(error)"),
            ]
        }
    }

    /// Throws what the answer tells.
    package static func unpack(_ answer: JSONValue, of scene: String) throws {
        let text = answer["text"]?.string ?? "“\(scene)” cannot be looked at."
        switch answer["finding"]?.string {
        case "whole": return
        case "sparse":
            throw SparseScene(
                path: answer["path"]?.string ?? scene,
                quiet: .nanoseconds(answer["quiet"]?.integer ?? 0))
        case "refused": throw SceneRefusal(description: text)
        default:
            let code = answer["code"]?.integer.flatMap { Int32(exactly: $0) } ?? 1
            throw CheckFailure(
                description: text, exitStatus: IICInfer.ExitStatus(rawValue: code) ?? .failed)
        }
    }
}
