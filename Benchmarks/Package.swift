// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// The instruction set of the parent package, whose manifest says why all targets must share one
/// and how it is chosen.
let named = ProcessInfo.processInfo.environment["IICD_MARCH"]
let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
let hasAVX512 = ["f", "bw", "cd", "dq", "vl"].allSatisfy { processor.contains(" avx512\($0) ") }
let hasAVX2 = ["avx2", "fma", "bmi2"].allSatisfy { processor.contains(" \($0) ") }
#if arch(x86_64)
    let march: String? = named ?? (hasAVX512 ? "x86-64-v4" : hasAVX2 ? "x86-64-v3" : "x86-64")
#else
    let march = named
#endif
let instructionSet: [String] = march.map { ["-Xcc", "-march=\($0)"] } ?? []

/// A package of its own, so that nobody who builds iicd builds its benchmarks.
let package = Package(
    name: "iicd-benchmarks",
    dependencies: [
        .package(name: "iicd", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        .executableTarget(
            name: "iicbench",
            dependencies: [
                .product(name: "IICKernels", package: "iicd"),
                .product(name: "IICInfer", package: "iicd"),
                .product(name: "IICTrain", package: "iicd"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("ExistentialAny"),
                .enableExperimentalFeature("Lifetimes"),
                .treatAllWarnings(as: .error),
                .unsafeFlags(instructionSet),
                // As in IICKernels, whose loops these are compared with.
                .unsafeFlags(["-Ounchecked"], .when(configuration: .release)),
            ])
    ]
)
