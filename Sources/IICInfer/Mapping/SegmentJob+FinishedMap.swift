extension SegmentJob {
    /// Opens a scene for some outputs, of which those that follow the map encode nothing.
    ///
    /// - Throws: as ``open(_:for:)``.
    func open(_ path: String, making outputs: [any MapOutput]) throws -> Scene {
        let followers = outputs.filter { $0.role == .follower }
        return try open(path, for: outputs.filter { $0.role != .follower }) { width, height in
            let kept = followers.reduce(0) { $0 + $1.memoryBytes(width: width, height: height) }
            let following = followers.reduce(LabelRows.memoryBytes(width: width)) {
                $0 + $1.finishingBytes(width: width, height: height)
            }
            let cleaning = settings.cleanUp.memoryBytes(
                width: width, height: height, classes: readOut.classes)
            return (kept, max(followers.isEmpty ? 0 : following, cleaning))
        }
    }

    /// Cleans the map up, all of whose labels are there, and hands it to what is made of it.
    ///
    /// - Precondition: what follows the map has one.
    func followMap(
        _ outputs: [any MapOutput], _ products: [any MapProduct], memory: FinishingMemory,
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool
    ) throws {
        let followers = zip(outputs, products).filter { $0.0.role == .follower }.map(\.1)
        guard settings.cleanUp.isOn || !followers.isEmpty else { return }
        let maps = zip(outputs, products).compactMap { output, product in
            output.role == .map ? product as? ClassMapProduct : nil
        }
        precondition(!maps.isEmpty || followers.isEmpty, "no map to follow")
        for map in maps {
            try map.apply(
                settings.cleanUp, memory: memory,
                progress: { progress(.cleaning, Int($0 * 100), 100) }, isCancelled: isCancelled)
        }
        guard let map = maps.first, !followers.isEmpty else { return }
        try map.forEachRows { labels, window in
            if isCancelled() { throw Interrupted() }
            for follower in followers { try follower.write(labels, window: window) }
            progress(.following, 100 * (window.y + window.height) / map.height, 100)
        }
    }
}
