import Testing

@testable import iicd

/// Processes that an mpirun started know of each other, and do not write the same files.
@Suite struct JobRanksTests {
    @Test func `the place in a job is what the launcher says`() {
        func place(_ environment: [String: String]) -> [Int]? {
            JobRanks.place(in: environment).map { [$0.rank, $0.count] }
        }
        #expect(place(["OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "5"]) == [2, 5])
        #expect(place(["PMI_RANK": "0", "PMI_SIZE": "3"]) == [0, 3])
        #expect(place(["PMIX_RANK": "1", "SLURM_STEP_NUM_TASKS": "2"]) == [1, 2])
        #expect(place(["PMI_RANK": "0"]) == nil)
        #expect(place([:]) == nil)
    }

    /// Without MPI in the build; a command that cannot share its work refuses in any.
    @Test(arguments: [
        (["train", "x.tif", "-o", "m.safetensors"], "this iicd was built without MPI"),
        (["evaluate", "--labels", "x.tif", "--truth", "y.tif"], "start it without mpirun"),
    ])
    func `several processes of one job are refused, and one of them says why`(
        _ command: [String], _ words: String
    ) throws {
        var errors: [String] = []
        for rank in 0..<2 {
            let result = try Program(
                command,
                environment: ["OMPI_COMM_WORLD_RANK": "\(rank)", "OMPI_COMM_WORLD_SIZE": "2"]
            ).wait()
            #expect(result.status == 64)
            errors.append(result.errors)
        }
        #expect(errors[0].contains(words) && errors[0].contains("2"), "\(errors[0])")
        #expect(errors[1] == "")
    }
}
