import Foundation
import GRDB
package import IICInfer

extension Ledger {
    /// Whether another scene of so many bytes is done, which may have the same content: where there is
    /// none, nobody need read a scene to find out.
    package func hasDone(
        bytes: Int, model: String, settings: String, excluding scene: FileName
    ) throws -> Bool {
        try reading { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS(
                        SELECT 1 FROM job
                        WHERE bytes = ? AND modelHash = ? AND settingsHash = ? AND scene <> ?
                            AND state IN ('done', '\(LedgerSchema.gone)'))
                    """, arguments: [bytes, model, settings, Data(scene.bytes)]) ?? false
        }
    }
}
