import IICInfer

/// An output that a flag asks for, before it is known of which scene.
struct OutputRequest: Sendable {
    let flag: String
    /// The file or the folder that the user named.
    let target: String
    /// In a folder, what its name ends in, after the scene's and a point.
    let ending: String
    let make: @Sendable (_ path: String, _ network: Architecture) -> any MapOutput

    /// - Parameter target: nil if the flag was not given.
    /// - Returns: nil then.
    init?(
        _ flag: String, _ target: String?, ending: String,
        make: @escaping @Sendable (_ path: String, _ network: Architecture) -> any MapOutput
    ) {
        guard let target else { return nil }
        self.flag = flag
        self.target = target
        self.ending = ending
        self.make = make
    }

    /// The map itself, which is always asked for.
    ///
    /// - Parameter target: what -o names.
    static func map(_ target: String, watcher: LabelMap.Watcher? = nil) -> OutputRequest {
        OutputRequest(flag: "-o", target: target, ending: "tif") { path, _ in
            LabelMap(.classes, path: path, watcher: watcher)
        }
    }

    private init(
        flag: String, target: String, ending: String,
        make: @escaping @Sendable (_ path: String, _ network: Architecture) -> any MapOutput
    ) {
        self.flag = flag
        self.target = target
        self.ending = ending
        self.make = make
    }
}
