// swift-tools-version: 6.3
// Programs that use iicd's libraries, each a page of their documentation. To make one of your own a
// package, copy this folder and name iicd by its path or its repository.
import PackageDescription

let package = Package(
    name: "iicd-samples",
    dependencies: [.package(name: "iicd", path: "../..")],
    targets: ["SegmentScene", "TrainAndRead", "MarginMap"].map { name in
        .executableTarget(
            name: name,
            dependencies: [
                .product(name: "IICInfer", package: "iicd"),
                .product(name: "IICTrain", package: "iicd"),
            ])
    }
)
