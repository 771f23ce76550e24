package import IICInfer

/// Why a person cannot label a sample on a scene.
package enum ReferenceSceneError: UserError, Equatable {
    case isMap(path: String)
    case sizesDiffer(
        scene: String, width: Int, height: Int, map: String, mapWidth: Int, mapHeight: Int)
    case systemsDiffer(scene: String, system: String, map: String, mapSystem: String)
    /// - Parameter pixels: how far its corners lie from the map's, at most.
    case placesDiffer(scene: String, map: String, pixels: Double)
    case bandCount(path: String, count: Int)

    package var exitStatus: ExitStatus {
        switch self {
        case .isMap, .bandCount: .usage
        default: .badInput
        }
    }

    package var description: String {
        switch self {
        case .isMap(let path):
            """
            “\(path)” is the map itself, which whoever labels must not see: give a scene that shows \
            the ground.
            """
        case .sizesDiffer(let scene, let width, let height, let map, let mapWidth, let mapHeight):
            """
            “\(scene)” has \(width) × \(height) pixels and “\(map)” has \(mapWidth) × \(mapHeight): \
            give a scene on the map's pixels (gdalwarp brings one there).
            """
        case .systemsDiffer(let scene, let system, let map, let mapSystem):
            """
            “\(scene)” is in \(system) and “\(map)” in \(mapSystem): give a scene on the map's pixels \
            (gdalwarp brings one there).
            """
        case .placesDiffer(let scene, let map, let pixels):
            """
            “\(scene)” lies \(pixels < 1e6 ? "up to \((pixels * 10).rounded() / 10)" : "more than a million") \
            pixels beside “\(map)”: give a scene on the map's pixels (gdalwarp brings one there).
            """
        case .bandCount(let path, let count):
            """
            --bands names \(count) bands of “\(path)”: give one, or red, green and blue, or these and \
            infrared.
            """
        }
    }
}
