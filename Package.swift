// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// The instruction set that every target is compiled for: all with the same flags, because a
/// `SIMD8<Float>` passed between functions compiled with different ones travels in different
/// registers. Unless `IICD_MARCH` names one, it is the best of x86-64-v4 (AVX-512), x86-64-v3 (AVX2)
/// and x86-64 that the machine at hand has: twice the arithmetic is worth more than a binary that can
/// be carried to an older machine (for that: `IICD_MARCH=x86-64-v3`, or `x86-64`).
let named = ProcessInfo.processInfo.environment["IICD_MARCH"]
let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
let hasAVX512 = ["f", "bw", "cd", "dq", "vl"].allSatisfy { processor.contains(" avx512\($0) ") }
let hasAVX2 = ["avx2", "fma", "bmi2"].allSatisfy { processor.contains(" \($0) ") }
#if arch(x86_64)
    let march: String? = named ?? (hasAVX512 ? "x86-64-v4" : hasAVX2 ? "x86-64-v3" : "x86-64")
#else
    let march = named
#endif
/// Kernels hold more in registers where there are 32 wide ones.
let isWide = march == "x86-64-v4" || (march == "native" && hasAVX512)
let lacksFMA = ["x86-64", "x86-64-v2"].contains(march) || (march == "native" && !hasAVX2)
let instructionSet: [String] =
    (march.map { ["-Xcc", "-march=\($0)"] } ?? []) + (isWide ? ["-DWIDE_VECTORS"] : [])
    + (lacksFMA ? ["-DSEPARATE_PRODUCTS"] : [])

let common: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(instructionSet),
]
let strict = common + [.strictMemorySafety()]

/// Workers that crash, hang or eat memory where a scene's name asks for it: for tests of the daemon.
let hooks: [SwiftSetting] =
    ProcessInfo.processInfo.environment["IICD_TEST_HOOKS"] == "1"
    ? [.define("IICD_TEST_HOOKS")] : []

/// For sources without git's folder: what `iicd --version` names as the commit.
let commit: [CXXSetting] =
    ProcessInfo.processInfo.environment["IICD_COMMIT"].map {
        [
            .define(
                "IICD_COMMIT",
                to: "\"\($0.filter { $0.isLetter || $0.isNumber || "+-._".contains($0) })\"")
        ]
    } ?? []

/// Strict memory safety excludes `-Ounchecked`, which the arithmetic needs (98 against 82 GFLOP/s).
/// That is why IICKernels takes spans of checked sizes, and why nothing else is compiled so.
let kernels = common + [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))]

/// The programs of samples/libraries, which see of the libraries what any other package sees: built with
/// the tests, which run them. That package is for readers.
let samples: [Target] = ["SegmentScene", "TrainAndRead", "MarginMap"].map { name in
    .executableTarget(
        name: name, dependencies: ["IICInfer", "IICTrain"],
        path: "samples/libraries/Sources/\(name)", packageAccess: false, swiftSettings: strict)
}

let package = Package(
    name: "iicd",
    products: [
        .executable(name: "iicd", targets: ["iicd"]),
        .library(name: "IICKernels", targets: ["IICKernels"]),
        .library(name: "IICInfer", targets: ["IICInfer"]),
        .library(name: "IICTrain", targets: ["IICTrain"]),
    ],
    traits: [
        .trait(
            name: "MPI",
            description: "Trainings on several machines, started by mpirun; needs Open MPI.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", .upToNextMinor(from: "0.27.1")),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CGDAL", pkgConfig: "gdal", providers: [.apt(["libgdal-dev"])]),
        .systemLibrary(name: "CMatio", pkgConfig: "matio", providers: [.apt(["libmatio-dev"])]),
        .systemLibrary(
            name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .systemLibrary(name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"])]),
        .target(
            name: "CProcessor",
            cSettings: [
                .define("IICD_MARCH", to: "\"\(march ?? "")\""),
                .unsafeFlags(march.map { ["-march=\($0)"] } ?? []),
            ]),
        .target(name: "CCommit", cxxSettings: commit),
        .target(
            name: "IICKernels", dependencies: ["COpenBLAS", "CProcessor"], swiftSettings: kernels),
        .target(
            name: "IICInfer", dependencies: ["IICKernels", "CCrypto", "CGDAL", "CTIFF"],
            swiftSettings: strict),
        .target(
            name: "IICTrain", dependencies: ["IICKernels", "IICInfer", "CMatio"],
            swiftSettings: strict),
        .target(
            name: "IICMPI",
            dependencies: [
                "IICInfer", .target(name: "CMPI", condition: .when(traits: ["MPI"])),
            ],
            swiftSettings: strict),
        .target(
            name: "IICWeb",
            dependencies: [
                "IICInfer",
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "IICNaming",
            dependencies: [
                "IICInfer", "IICKernels", "IICWeb", "CGDAL",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "IICDaemon",
            dependencies: [
                "IICInfer", "IICWeb",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "iicd",
            dependencies: [
                "CCommit", "IICDaemon", "IICInfer", "IICKernels", "IICMPI", "IICNaming", "IICTrain",
                "IICWeb",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict + hooks),
        .target(
            name: "ReferenceOperations", dependencies: ["IICKernels"],
            path: "Tests/ReferenceOperations", swiftSettings: strict),
        .testTarget(
            name: "IICKernelsTests", dependencies: ["IICKernels", "ReferenceOperations"],
            swiftSettings: strict),
        .target(
            name: "ParityCases", dependencies: ["IICInfer"], path: "Tests/ParityCases",
            resources: [.copy("Cases")], swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["IICInfer", "IICKernels"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "IICInferTests", dependencies: ["IICInfer", "ParityCases", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "IICTrainTests",
            dependencies: [
                "IICTrain", "IICInfer", "ParityCases", "ReferenceOperations", "TestSupport",
            ],
            resources: [.copy("MatTiles")], swiftSettings: strict),
        .target(
            name: "WebTestClient",
            dependencies: [
                "IICInfer", "IICWeb",
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/WebTestClient", swiftSettings: strict),
        .testTarget(
            name: "IICWebTests",
            dependencies: [
                "IICWeb", "IICInfer", "WebTestClient",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IICNamingTests",
            dependencies: [
                "IICNaming", "IICInfer", "IICWeb", "ParityCases", "TestSupport", "WebTestClient",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IICDaemonTests",
            dependencies: [
                "IICDaemon", "IICInfer", "IICWeb", "TestSupport", "WebTestClient",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "iicdTests",
            dependencies: [
                "iicd", "IICDaemon", "IICInfer", "IICNaming", "IICTrain", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
    ] + samples
)
