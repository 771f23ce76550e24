import ArgumentParser
package import IICInfer

/// Which share of the work a process does: `3/64`, or `64` where an array of jobs tells which.
package struct ShardChoice: ExpressibleByArgument, Sendable, Equatable {
    /// Where Slurm and Kubernetes tell it.
    package static let variables = [
        "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX",
        "JOB_COMPLETION_INDEX",
    ]

    package let count: Int
    /// From 1; nil where the environment has to tell.
    package let index: Int?

    package init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                ? Int(part) : nil
        }
        guard (1...2).contains(parts.count), numbers.count == parts.count,
            let count = numbers.last, Shard.counts.contains(count),
            numbers.count == 1 || (1...count).contains(numbers[0])
        else { return nil }
        self.count = count
        index = numbers.count == 2 ? numbers[0] : nil
    }

    /// - Parameter environment: has those of ``variables`` that are set.
    /// - Throws: ``UsageError`` if it does not tell, or contradicts what was given.
    package func shard(in environment: [String: String]) throws(UsageError) -> Shard {
        let told = try [
            slurm(environment), kubernetes(environment),
        ].compactMap(\.self)
        guard let index else {
            guard let first = told.first else {
                throw UsageError(
                    description: "--shard \(count) leaves it to SLURM_ARRAY_TASK_ID or "
                        + "JOB_COMPLETION_INDEX to say which shard this is, and neither is set: give "
                        + "--shard 1/\(count) to --shard \(count)/\(count).")
            }
            guard told.count == 1 else {
                throw UsageError(
                    description: "SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX are both set: unset "
                        + "one, or give --shard as 1/\(count) to \(count)/\(count).")
            }
            guard let index = first.indices.first(where: { (1...count).contains($0) }),
                first.most <= count
            else {
                throw UsageError(
                    description:
                        "\(first.name) is \(first.value), which is none of \(count) shards: "
                        + "\(first.remedy(count)).")
            }
            return Shard(index, of: count)
        }
        for told in told where !told.all.contains(index) {
            throw UsageError(
                description:
                    "--shard \(index)/\(count) and \(told.name)=\(told.value) name different "
                    + "shards: give --shard \(count) to leave it to the variable, or unset it.")
        }
        return Shard(index, of: count)
    }

    /// What an array of jobs says.
    private struct Told {
        var name: String
        var value: String
        /// The shard where it has to tell.
        var indices: [Int]
        /// The shards that a user may have reckoned from it.
        var all: [Int]
        /// The last shard of the array.
        var most: Int
        var remedy: (_ count: Int) -> String
    }

    /// Tasks are shards: those of an array that begins with 0 cannot be told from those that are run
    /// again of one that begins with 1.
    private func slurm(_ environment: [String: String]) throws(UsageError) -> Told? {
        guard let task = try number("SLURM_ARRAY_TASK_ID", environment) else { return nil }
        let first = try number("SLURM_ARRAY_TASK_MIN", environment)
        let last = try number("SLURM_ARRAY_TASK_MAX", environment) ?? task
        return Told(
            name: "SLURM_ARRAY_TASK_ID", value: "\(task)", indices: first ?? task > 0 ? [task] : [],
            // Of an array that begins with 0, a part of it run again included.
            all: [task, task + 1] + (first.map { [task - $0 + 1] } ?? []), most: last
        ) { "number the tasks from 1, as sbatch --array=1-\($0) does" }
    }

    private func kubernetes(_ environment: [String: String]) throws(UsageError) -> Told? {
        guard let index = try number("JOB_COMPLETION_INDEX", environment) else { return nil }
        return Told(
            name: "JOB_COMPLETION_INDEX", value: "\(index)", indices: [index + 1],
            all: [index + 1], most: index + 1
        ) { "give the job completions: \($0)" }
    }

    private func number(
        _ name: String, _ environment: [String: String]
    ) throws(UsageError) -> Int? {
        guard let text = environment[name], !text.isEmpty else { return nil }
        guard let number = Int(text), (0...Int(Int32.max)).contains(number) else {
            throw UsageError(description: "\(name) is “\(text)”, which is no number of a task.")
        }
        return number
    }
}
