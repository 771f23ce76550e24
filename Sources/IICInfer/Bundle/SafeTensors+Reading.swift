extension SafeTensors {
    /// Files with more data than this are refused unless a caller knows better.
    static let mostData = 4 << 30

    /// Reads a whole file; all that its header claims is checked before space is made for it.
    public init(reading path: String) throws(SafeTensorsError) {
        try self.init(reading: path) { layout throws(SafeTensorsError) in
            guard layout.dataSize <= Self.mostData else {
                throw SafeTensorsError("it holds \(layout.dataSize) bytes, more than we read")
            }
        }
    }

    /// Reads a whole file if `check` lets its layout pass: nothing else is read before.
    init(
        reading path: String, check: (Layout) throws(SafeTensorsError) -> Void
    ) throws(SafeTensorsError) {
        do throws(SafeTensorsError) {
            let file: InputFile
            do { file = try InputFile(path) } catch { throw SafeTensorsError(error) }
            func read(_ range: Range<Int>) throws(SafeTensorsError) -> [UInt8] {
                do { return try file.read(range) } catch { throw SafeTensorsError(error) }
            }
            let layout = try Layout(size: file.size, read: read)
            try check(layout)
            try self.init(layout, read: read)
        } catch {
            throw SafeTensorsError(error.reason, path: path, exitStatus: error.exitStatus)
        }
    }

    /// Reads the same from bytes in memory.
    package init(parsing bytes: [UInt8]) throws(SafeTensorsError) {
        let layout = try Layout(size: bytes.count) { range in Array(bytes[range]) }
        try self.init(layout) { range in Array(bytes[range]) }
    }

    private init(
        _ layout: Layout, read: (Range<Int>) throws(SafeTensorsError) -> [UInt8]
    ) throws(SafeTensorsError) {
        metadata = layout.metadata
        tensors = [:]
        for entry in layout.entries {
            let start = layout.dataStart + entry.range.lowerBound
            let data = try read(start..<start + entry.range.count)
            tensors[entry.name] = Tensor(type: entry.type, shape: entry.shape, data: data)
        }
    }
}
