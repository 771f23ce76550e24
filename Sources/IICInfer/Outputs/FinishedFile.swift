/// A whole file that waits for its name.
public struct FinishedFile: Sendable, Hashable {
    /// The name that it will get.
    public var path: String
    /// The name that it has until then.
    public var temporaryPath: String
    /// Such as `image/png`.
    public var mediaType: String
    /// What it is for, in STAC's words: `data`, `metadata`, `overview`, `thumbnail`.
    public var role: String

    public init(path: String, temporaryPath: String, mediaType: String, role: String) {
        self.path = path
        self.temporaryPath = temporaryPath
        self.mediaType = mediaType
        self.role = role
    }

    /// The media type of Cloud-Optimised GeoTIFFs.
    static let cloudOptimised = "image/tiff; application=geotiff; profile=cloud-optimized"
}

/// An output that is made, with its files.
public struct FinishedOutput: Sendable, Hashable {
    public var summary: OutputSummary
    public var files: [FinishedFile]

    public init(summary: OutputSummary, files: [FinishedFile]) {
        self.summary = summary
        self.files = files
    }
}
