internal import CGDAL

/// This program's name for itself in files.
public enum Software {
    /// What `iicd --version` prints, and models and maps carry.
    public static let version = "0.1.0"

    /// The version of the GDAL that is loaded, such as 3.6.2.
    public static var gdalVersion: String {
        unsafe String(cString: GDALVersionInfo("RELEASE_NAME"))
    }
}
