/// The page that shows what a model's classes look like, as a file.
package enum GalleryFile {
    /// Where a model's gallery lies unless a user says.
    package static func path(ofModel model: String) -> String { model + ".gallery.html" }
}
