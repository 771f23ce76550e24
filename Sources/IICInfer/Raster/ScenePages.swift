/// The further pages of a TIFF file, of which GDAL opens the first one.
struct ScenePages: CustomStringConvertible {
    /// GDAL's names of all pages (`GTIFF_DIR:2:scene.tif`) and what it says of them.
    private let pages: [(name: String, description: String)]

    /// Nil for a file of one page.
    init?(_ dataset: borrowing GDALDataset) {
        let found = dataset.pages
        guard found.count > 1, found[0].name.hasPrefix("GTIFF_DIR:") else { return nil }
        pages = found
    }

    /// The end of a sentence: that there are others, how large, and how to name one.
    var description: String {
        let others = pages.dropFirst().prefix(4).map { page in
            "\(page.name) (\(page.description))"
        }
        let more = pages.count > 5 ? " and \(pages.count - 5) more" : ""
        return """
            it has \(pages.count) pages, of which only the first is read; name another one as \
            \(others.joined(separator: ", "))\(more)
            """
    }
}
