import IICInfer

extension ReportPage {
    /// A link to the gallery of a model's classes, which lies beside the model, and the command that
    /// makes it: it may not be there yet.
    static func galleryLine(ofModel model: String) -> String {
        let name = model.pathName
        let gallery = GalleryFile.path(ofModel: name)
        let words = [name, "--gallery", gallery].map(RasterPlace.quoted).joined(separator: " ")
        // The report lies in a folder of its own, beside the model.
        return """
            <p><a href="../\(escaped(RelativeReference.escaped(gallery)))">The gallery</a> shows what \
            each class looks like. If it is not there yet, make it in the model's folder: \
            <code>\(escaped("iicd legend \(words) --scene SCENE…".shown))</code></p>
            """
    }
}
