extension SceneReader {
    /// Whether rows far apart may be read in turn. Formats with blocks as wide as the scene may have
    /// to begin again from the top (PNG), but TIFF's strips stand alone.
    var readsAnywhere: Bool {
        !hasWholeRows || dataset.isTIFF || dataset.isVRT
    }
}
