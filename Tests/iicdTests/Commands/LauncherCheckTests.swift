import Foundation
import IICInfer
import Testing

@testable import iicd

@Suite struct LauncherCheckTests {
    @Test(arguments: ["/opt/my builds/iicd", "/home/jörg/iicd", "/opt/$x/iicd", "/opt/a;b/iicd"])
    func `a program's path that a shell might change is refused`(path: String) throws {
        let error = try #require(throws: UsageError.self) {
            try LauncherCheck.check(program: path)
        }
        #expect(error.exitStatus == .usage)
        #expect(error.description.contains("“\(path)”"))
    }

    @Test func `ordinary paths are taken`() throws {
        try LauncherCheck.check(program: "/usr/lib/iicd/iicd-x86-64-v4")
        try LauncherCheck.check(program: "/home/Me_2/c++/.build/release/iicd")
    }

    @Test func `a build that older processors refuse is told of, with the one for all`() throws {
        let data = try TestData()
        for level in 3...4 { try data.write(Data(), "iicd-x86-64-v\(level)") }
        func notes(_ program: String) -> [String] {
            LauncherCheck.notes(program: data(program), state: data.path) { _ in true }
        }
        #expect(notes("iicd-x86-64-v3") == [])
        #expect(notes("iicd") == [])
        let found = notes("iicd-x86-64-v4")
        #expect(found.count == 1)
        #expect(found.first?.contains("“\(data("iicd-x86-64-v3")) watch …”") == true)
    }

    @Test func `a state folder on a disk of this machine is told of`() {
        let notes = LauncherCheck.notes(program: "/opt/iicd", state: "/var/lib/iicd") { _ in false }
        #expect(notes.count == 1)
        #expect(notes.first?.contains("“/var/lib/iicd”") == true)
    }
}
