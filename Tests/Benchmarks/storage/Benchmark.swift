import Domain
import Foundation
import Storage

/// Measures the store; each mode prints one line per figure.
///
///     StorageBenchmark ingest [SERIES SAMPLES]      durable ingest, fsync before each reply
///     StorageBenchmark push                         256 clients, one sample per call
///     StorageBenchmark size DIRECTORY               bytes per sample of CSV traces (gz or not), imported
///     StorageBenchmark read [SERIES]                eight weeks of five-minute means
///     StorageBenchmark ladder [SERIES DAYS]         a file after days of the retention ladder
///     StorageBenchmark recover                      opening after a kill with a log of 62 MB
///     StorageBenchmark memory [SERIES]              live series, a sample each every 15 s for an hour
///     StorageBenchmark kills [N]                    kill -9 during mixed writing, N times
@main
struct Benchmark {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let numbers = arguments.compactMap { Int($0) }
    switch arguments.first {
    case "ingest":
      try await ingest(series: numbers.first ?? 10_000, count: numbers.dropFirst().first ?? 2000)
    case "push": try await push()
    case "size": try await size(directory: arguments.dropFirst().first ?? "models/traces")
    case "read": try await read(series: numbers.first ?? 1000)
    case "ladder":
      try await ladder(series: numbers.first ?? 20, days: numbers.dropFirst().first ?? 420)
    case "recover": try await recover()
    case "memory": try await memory(series: numbers.first ?? 30_000)
    case "kills": try await kills(count: numbers.first ?? 100)
    case "write": try await writeUntilKilled(path: arguments.dropFirst().first ?? path())
    default: print("modes: ingest push size DIRECTORY read ladder recover memory kills")
    }
  }

  static let start = Timestamp(seconds: 1_795_392_000)
  static let endOfTime = Timestamp.latest

  /// A fresh path in the temporary directory.
  static func path() -> String {
    NSTemporaryDirectory() + "storage-benchmark-\(UUID().uuidString).sqlite"
  }

  static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm", ".lock"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }

  static func fileSize(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? Int) ?? 0
  }

  static func names(_ count: Int) -> [ServiceID] {
    (0..<count).compactMap { ServiceID("service-\($0)") }
  }
}

/// CPU and wall seconds of a piece of work.
struct Cost {
  var cpu = 0.0
  var wall = 0.0

  static func of(_ work: () async throws -> Void) async rethrows -> Cost {
    let cpu = processSeconds()
    let clock = ContinuousClock.now
    try await work()
    return Cost(cpu: processSeconds() - cpu, wall: clock.duration(to: .now).inSeconds)
  }

  private static func processSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Megabytes of memory at most, so far.
  static func peakMemory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
  }

  func line(_ what: String, count: Int) -> String {
    let million = Double(count) / 1e6
    return
      "\(what): \(million.shortText) M in \(cpu.shortText) CPU-s and \(wall.shortText) s: "
      + "\((million / cpu).shortText) M per CPU-second, \((million / wall).shortText) M/s"
  }
}

/// A small generator (SplitMix64), so that runs repeat.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
