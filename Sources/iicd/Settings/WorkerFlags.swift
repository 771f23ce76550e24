import ArgumentParser

/// The flags by which a daemon starts a worker: for programs, so that no help shows them.
struct WorkerFlags: ParsableArguments {
    @Flag(
        name: .customLong("worker"),
        help: ArgumentHelp(
            "Tell what is done in JSON lines, and end when standard input ends.",
            visibility: .hidden))
    var isOn = false

    @Flag(
        name: .customLong("worker-trust-vrt"),
        help: ArgumentHelp("With --worker: map VRT files.", visibility: .hidden))
    var trustsVRT = false

    @Flag(
        name: .customLong("worker-launched"),
        help: ArgumentHelp(
            "With --worker: answer whoever asks on standard input.", visibility: .hidden))
    var isLaunched = false

    @Option(
        name: .customLong("worker-lock"),
        help: ArgumentHelp(
            "With --worker: the file that only one worker of a scene can lock.",
            valueName: "file", visibility: .hidden))
    var lock: String?

    @Option(
        name: .customLong("worker-address-space"),
        help: ArgumentHelp(
            "With --worker: address space at most.", valueName: "bytes", visibility: .hidden))
    var addressSpace: ByteCount?
}
