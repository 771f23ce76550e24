extension MatFolder {
    /// Finds tiles that are empty, cut off, no .mat files at all or not what their headers claim, by
    /// their outside: what a copy that did not end leaves is reported at once, not in the middle of
    /// an epoch.
    package func checkTiles() throws(MatError) {
        for tile in tiles {
            let path = tile.imagePath
            try MatEnvelope(path: path).variable("img")?.header.claim
                .check("img", wanted: "uint8", path: path)
        }
    }
}
