package import IICInfer

/// The raster on whose pixels points are brought.
package struct PointRaster: Sendable {
    package let path: String
    package let width: Int
    package let height: Int
    package let georeference: Georeference

    package init(path: String, width: Int, height: Int, georeference: Georeference) {
        self.path = path
        self.width = width
        self.height = height
        self.georeference = georeference
    }

    package init(_ map: LabelReader) {
        self.init(
            path: map.path, width: map.width, height: map.height, georeference: map.georeference)
    }

    package init(_ scene: SceneReader) {
        self.init(
            path: scene.path, width: scene.width, height: scene.height,
            georeference: scene.georeference)
    }

    /// Where its pixels lie: without a transform, columns to the right and rows downwards, −1 a row, as
    /// QGIS shows such a raster.
    package var grid: MapGrid { MapGrid(georeference) }
}
