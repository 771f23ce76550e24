internal import CCommit
import IICInfer
import IICKernels

/// What `iicd --version` prints: a word and what it stands for a line, so that scripts can read it.
enum VersionReport {
    static var text: String {
        """
        iicd \(Software.version)
        commit \(commit)
        instruction-set \(InstructionSet.name)
        gdal \(Software.gdalVersion)
        """
    }

    /// What this program was built from; changes that were not committed do not show.
    static var commit: String {
        let name = unsafe String(cString: iicd_commit())
        return name.isEmpty ? "unknown" : name
    }
}
