internal import CGDAL

extension GDAL {
    /// Calls `body` with configuration options that hold on this thread meanwhile.
    static func withOptions<Result: ~Copyable, Failure: Error>(
        _ options: [String: String], _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        start
        for (name, value) in options { unsafe CPLSetThreadLocalConfigOption(name, value) }
        defer { for name in options.keys { unsafe CPLSetThreadLocalConfigOption(name, nil) } }
        return try body()
    }
}
