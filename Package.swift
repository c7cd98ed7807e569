// swift-tools-version: 6.2
import PackageDescription

// The manifest is the picture of the house: levels from the ground up, arrows only down,
// each third-party library in one target.

let strict: [SwiftSetting] =
  Context.environment["SCALER_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : []
let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ] + strict
/// Targets without Foundation get `.rounded()` and `.squareRoot()` from libm.
let libm: [LinkerSetting] = [.linkedLibrary("m")]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

let package = Package(
  name: "scaler",
  platforms: [.macOS("15.0")],
  products: [
    .executable(name: "scaler", targets: ["scaler"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
  ],
  targets: [
    // level 0: mathematics, vocabulary, pictures
    .target(name: "CKernels"),
    .target(name: "Domain", swiftSettings: settings, linkerSettings: libm),
    .target(
      name: "Forecasting", dependencies: [realModule, "CKernels"], swiftSettings: settings,
      linkerSettings: libm),
    .target(name: "Charts", swiftSettings: settings, linkerSettings: libm),

    // level 1: decides, remembers, touches
    .target(
      name: "Control", dependencies: ["Domain", "Forecasting"], swiftSettings: settings,
      linkerSettings: libm),
    .target(
      name: "Storage",
      dependencies: ["Domain", .product(name: "GRDB", package: "GRDB.swift")],
      exclude: ["FORMAT.md"],
      swiftSettings: settings),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CCurlShim", dependencies: ["CCurl"]),
    .target(
      name: "Adapters", dependencies: ["Domain", "CCurl", "CCurlShim"], swiftSettings: settings),

    // level 2: drives the world, imitates it
    .target(
      name: "Daemon",
      dependencies: ["Control", "Domain", "Forecasting", "Storage", logging],
      swiftSettings: settings),
    .target(
      name: "Simulation", dependencies: ["Control", "Domain", "Forecasting", realModule],
      swiftSettings: settings, linkerSettings: libm),

    // level 3: costs, shows
    .target(
      name: "Provisioning",
      dependencies: ["Control", "Domain", "Forecasting", "Simulation", realModule],
      swiftSettings: settings, linkerSettings: libm),
    .target(
      name: "Web",
      dependencies: [
        "Domain", "Charts", logging, lifecycle,
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: settings),

    // level 4: wires everything, decides nothing
    .executableTarget(
      name: "scaler",
      dependencies: [
        "Domain", "Forecasting", "Charts", "Control", "Storage", "Adapters", "Daemon",
        "Simulation", "Provisioning", "Web", "Yams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        logging, lifecycle,
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),

    .testTarget(name: "DomainTests", dependencies: ["Domain"], swiftSettings: settings),
    .testTarget(
      name: "ForecastingTests", dependencies: ["Forecasting", "CKernels", realModule],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], swiftSettings: settings),
    .testTarget(
      name: "ControlTests", dependencies: ["Control", "Domain", "Forecasting"],
      swiftSettings: settings),
    // A file system for SQLite that fails the Nth write or flush.
    .target(
      name: "CFaultyDisk", path: "Tests/CFaultyDisk",
      linkerSettings: [.linkedLibrary("sqlite3")]),
    .testTarget(
      name: "StorageTests",
      dependencies: [
        "Storage", "Domain", "CFaultyDisk", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    // Servers, clocks and platforms that tests of several targets share.
    .target(
      name: "TestSupport", dependencies: ["Adapters", "Domain"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .testTarget(
      name: "AdaptersTests", dependencies: ["Adapters", "Domain", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "Control", "Domain"],
      resources: [.copy("Fixtures")], swiftSettings: settings),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "Adapters", "Control", "Domain", "Storage", "TestSupport", logging,
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "WebTests",
      dependencies: ["Web", "Domain", "Charts", "TestSupport", logging, lifecycle],
      swiftSettings: settings),
    .testTarget(
      name: "ProvisioningTests",
      dependencies: [
        "Provisioning", "Control", "Domain", "Forecasting", "Simulation", realModule,
      ],
      swiftSettings: settings),
    .testTarget(
      name: "scalerTests",
      dependencies: [
        "scaler", "Adapters", "Control", "Daemon", "Domain", "Forecasting", "Simulation",
        "Storage", "TestSupport", "Web",
      ],
      swiftSettings: settings),
    .testTarget(name: "HouseTests", swiftSettings: settings),

    // Built with the tests so that they stay alive; run by hand, in release.
    .executableTarget(
      name: "ForecastingBenchmark", dependencies: ["Forecasting"],
      path: "Tests/Benchmarks/forecasting", swiftSettings: settings, linkerSettings: libm),
    .executableTarget(
      name: "ControlBenchmark", dependencies: ["Control", "Domain"],
      path: "Tests/Benchmarks/control",
      exclude: ["bursts.py", "determinism.py", "fronts.py", "m4.py", "scorecards.py", "speed.py"],
      swiftSettings: settings,
      linkerSettings: libm),
    .executableTarget(
      name: "ProvisioningBenchmark",
      dependencies: ["Provisioning", "Control", "Domain", "Simulation"],
      path: "Tests/Benchmarks/provisioning", swiftSettings: settings, linkerSettings: libm),
    .executableTarget(
      name: "StorageBenchmark", dependencies: ["Storage", "Domain", "Adapters"],
      path: "Tests/Benchmarks/storage", exclude: ["beside-prometheus.sh"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
