/// This program's name for itself in files.
public enum Software {
    /// What `iicd --version` prints, and models and maps carry.
    public static let version = "0.1.0"
}
