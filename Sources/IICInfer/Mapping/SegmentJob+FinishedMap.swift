extension SegmentJob {
    /// Opens a scene for some outputs, of which those that follow the map encode nothing.
    ///
    /// - Throws: as ``open(_:for:)``.
    func open(_ path: String, making outputs: [any MapOutput]) throws -> Scene {
        try open(path, for: outputs.filter { $0.role != .follower }) { width, height in
            MapAssembly.memory(
                outputs, cleanUp: settings.cleanUp, width: width, height: height,
                classes: readOut.classes)
        }
    }
}
