internal import CGDAL

extension PathCalls {
    /// Whether other machines may change what lies there without this one's kernel noticing; true where
    /// it cannot be told.
    package static func isOnNetwork(_ path: String) -> Bool {
        var status = statfs()
        guard unsafe path.withCPath({ unsafe statfs($0, &status) }) == 0 else { return true }
        // NFS, SMB, CIFS, SMB 2, FUSE, Ceph, 9P, AFS, Coda, GFS2, Lustre, OCFS2, BeeGFS, GPFS, PanFS,
        // as coreutils' stat.c has them.
        return [
            0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x00C3_6400, 0x0102_1997,
            0x5346_414F, 0x7375_7245, 0x0116_1970, 0x0BD0_0BD0, 0x7461_636F,
            0x1983_0326, 0x4750_4653, 0xAAD7_AAEA,
        ].contains(Int(truncatingIfNeeded: status.f_type) & 0xFFFF_FFFF)
    }
}
