import Foundation

@testable import scaler

/// A small scenario: two days of a daily rhythm after three of history.
enum ReportingWorld {
  /// - Parameter sections: More of the scenario's YAML.
  static func file(_ sections: String = "") throws -> ScenarioFile {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "scaler-report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var rows = "timestamp,rate\n"
    for hour in 0..<120 {
      let phase = Double(hour % 24) / 24 * 2 * Double.pi
      rows += "\(1_700_006_400 + hour * 3600),\(10 + 6 * sin(phase))\n"
    }
    try Data(rows.utf8).write(to: folder.appending(path: "trace.csv"))
    let scenario = """
      trace: trace.csv
      step: 15s
      evaluate: { from: 2023-11-18T00:00:00Z, to: 2023-11-20T00:00:00Z }
      fleet: { rate_per_replica: 1.0, boot: 120s, min: 1, queue_limit: 2000 }
      price: { per_replica_hour: 0.1, currency: EUR }
      policies:
        reactive: { kind: reactive }
        hpa: { kind: hpa-rps, target: 0.7 }
        oracle: { kind: oracle }
      \(sections)
      """
    let path = folder.appending(path: "small.yaml")
    try Data(scenario.utf8).write(to: path)
    return try ScenarioFile(path: path.path)
  }
}
