extension MatFolder {
    /// Finds tiles that are empty, cut off or no .mat files at all, by their outside: what a copy
    /// that did not end leaves is reported at once, not in the middle of an epoch.
    package func checkTiles() throws(MatError) {
        for tile in tiles { _ = try MatEnvelope(path: tile.imagePath) }
    }
}
