#if IICD_TEST_HOOKS
    import Foundation
    import IICInfer

    /// What scenes of certain names do to a worker, for tests of the daemon: not in any ordinary build.
    enum Misbehaviour {
        static func begin(_ scene: String) {
            let name = scene.pathName
            if name.contains("crash") { abort() }
            while name.contains("hang") { sleep(60) }
            var eaten: [[UInt8]] = []
            while name.contains("eat") { eaten.append([UInt8](repeating: 1, count: 64 << 20)) }
        }
    }
#endif
