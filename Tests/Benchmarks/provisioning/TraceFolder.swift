import Domain
import Foundation

/// A measured series with a name.
struct Trace {
  let name: String
  let series: TimeSeries
}

enum TraceFolder {
  /// Every `*.csv` and `*.csv.gz` of a folder with the columns `timestamp,rate`, by name.
  static func read(_ folder: String) throws -> [Trace] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".csv") || $0.hasSuffix(".csv.gz") }
      .compactMap { try trace(folder + "/" + $0, name: $0) }
  }

  private static func trace(_ path: String, name: String) throws -> Trace? {
    var rows: [(Int64, Double)] = []
    for line in try text(path).split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count >= 2, let time = Timestamp(rfc3339: String(fields[0])) else { continue }
      rows.append((time.seconds, Double(fields[1]) ?? .nan))
    }
    guard rows.count > 1, let first = rows.first, let last = rows.last else { return nil }
    let width = zip(rows, rows.dropFirst()).map { $1.0 - $0.0 }.filter { $0 > 0 }.min() ?? 3600
    var values = [Double](repeating: .nan, count: Int((last.0 - first.0) / width) + 1)
    for (time, value) in rows where time >= first.0 && time <= last.0 {
      values[Int((time - first.0) / width)] = value
    }
    return Trace(
      name: String(name.prefix { $0 != "." }),
      series: TimeSeries(
        start: Timestamp(seconds: first.0), step: .seconds(width), values: values))
  }

  private static func text(_ path: String) throws -> String {
    guard path.hasSuffix(".gz") else { return try String(contentsOfFile: path, encoding: .utf8) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// The competition's wide file: one hourly series per row, without dates; they begin on a Monday
  /// here.
  static func m4(_ path: String) throws -> [Trace] {
    try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
      .dropFirst().map { line in
        let fields = line.split(separator: ",").map { $0.filter { $0 != "\"" } }
        return Trace(
          name: "m4 " + (fields.first.map { String($0) } ?? ""),
          series: TimeSeries(
            start: Timestamp(seconds: 4 * 86_400), step: .seconds(3600),
            values: fields.dropFirst().compactMap { Double($0) }))
      }
  }
}
