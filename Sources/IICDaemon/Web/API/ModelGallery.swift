import IICInfer
import IICWeb

/// The gallery of a model's classes: a file beside the model, if somebody has made it.
struct ModelGallery {
    /// In bytes; a class takes about half a megabyte.
    static let mostBytes = 64 << 20

    /// It shows its pictures in its style. Whoever wrote the file: nothing runs, and nothing is
    /// fetched.
    private static let policy = [
        "default-src 'none'", "script-src 'none'", "style-src 'unsafe-inline'", "img-src data:",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    private let path: String

    /// - Parameter model: the model's path, as the user named it.
    init(ofModel model: String) { path = GalleryFile.path(ofModel: model) }

    /// Whether it can be shown now.
    var isThere: Bool {
        guard let file = try? InputFile(path) else { return false }
        return file.size <= Self.mostBytes
    }

    /// The page as it is now.
    func reply() throws(WebRefusal) -> WebReply {
        let bytes: [UInt8]?
        do throws(FileError) {
            let file = try InputFile(path)
            bytes = file.size <= Self.mostBytes ? try file.read(upTo: file.size, at: 0) : nil
        } catch {
            throw refusal(error.why)
        }
        guard let bytes else { throw refusal("it is larger than \(Self.mostBytes >> 20) MiB") }
        return WebReply(type: "text/html; charset=utf-8", bytes: bytes)
            .with("Content-Security-Policy", Self.policy)
    }

    private func refusal(_ why: String) -> WebRefusal {
        WebRefusal(
            status: 404,
            sentence: "The gallery “\(path.shown)” cannot be shown: \(why). "
                + "iicd legend MODEL --gallery FILE --scene SCENE makes it.")
    }
}
