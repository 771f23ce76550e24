import IICInfer
import Testing
import iicd

@Suite struct ShardChoiceTests {
    private func shard(_ text: String, _ environment: [String: String] = [:]) throws -> Shard {
        try #require(ShardChoice(argument: text)).shard(in: environment)
    }

    @Test(arguments: [
        "", "/", "3/", "/3", "0/3", "4/3", "-1/3", "1/2/3", "x/3", "0", "100001", "+1/3",
    ])
    func `what is no shard is refused`(text: String) {
        #expect(ShardChoice(argument: text) == nil)
    }

    @Test func `a shard that is given is that one`() throws {
        #expect(try shard("3/64") == Shard(3, of: 64))
        #expect(try shard("1/1") == Shard(1, of: 1))
        #expect(try shard("3/64", ["SLURM_ARRAY_TASK_ID": ""]) == Shard(3, of: 64))
    }

    @Test func `an array of jobs tells which`() throws {
        let slurm = ["SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "64"]
        for task in [1, 5, 64] {
            let environment = slurm.merging(["SLURM_ARRAY_TASK_ID": "\(task)"]) { $1 }
            #expect(try shard("64", environment) == Shard(task, of: 64))
            #expect(
                try shard("64", ["JOB_COMPLETION_INDEX": "\(task - 1)"]) == Shard(task, of: 64))
        }
        // Some tasks once more.
        let again = [
            "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_MAX": "9",
        ]
        #expect(try shard("64", again) == Shard(9, of: 64))
    }

    @Test func `an array that begins with 0 is one if shards are reckoned so`() throws {
        let environment = [
            "SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "63",
        ]
        #expect(try shard("3/64", environment) == Shard(3, of: 64))
        #expect(throws: UsageError.self) { try shard("64", environment) }
        // Some of its tasks once more: the least of them is no longer 0.
        let again = [
            "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_MAX": "9",
        ]
        #expect(try shard("10/64", again) == Shard(10, of: 64))
    }

    @Test(
        arguments: [
            ("64", [:]), ("4", ["SLURM_ARRAY_TASK_ID": "5"]), ("4", ["SLURM_ARRAY_TASK_ID": "0"]),
            ("4", ["SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MAX": "8"]),
            ("4", ["JOB_COMPLETION_INDEX": "4"]), ("4", ["JOB_COMPLETION_INDEX": "-1"]),
            ("4", ["JOB_COMPLETION_INDEX": "x"]),
            ("4", ["JOB_COMPLETION_INDEX": "1", "SLURM_ARRAY_TASK_ID": "2"]),
            ("1/4", ["SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "1"]),
            ("3/4", ["JOB_COMPLETION_INDEX": "3"]),
        ] as [(String, [String: String])])
    func `what the environment does not tell or contradicts is refused in a sentence`(
        text: String, environment: [String: String]
    ) throws {
        let error = try #require(throws: UsageError.self) { try shard(text, environment) }
        #expect(error.exitStatus == .usage && error.description.hasSuffix("."))
    }
}
