import Foundation

/// A request-rate trace: one value per step, NaN where unknown.
struct Trace {
  var name: String
  /// Seconds.
  var step: Int
  var values: [Double]

  var stepsPerDay: Int { 86_400 / step }

  /// All `NAME_STEP.csv.gz` of a folder, such as `nasa_jul_1m.csv.gz`; columns timestamp and rate.
  static func all(in folder: String) throws -> [Trace] {
    try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".csv.gz") }
      .sorted().map { file in
        let name = String(file.dropLast(".csv.gz".count))
        let unit = name.split(separator: "_").last ?? ""
        let count = Int(unit.dropLast()) ?? 1
        return Trace(
          name: name, step: count * (unit.hasSuffix("h") ? 3600 : 60),
          values: try rates(of: folder + "/" + file))
      }
  }

  /// Means over longer steps; unknown where more than half is.
  func coarsened(to step: Int) -> Trace {
    let ratio = max(1, step / self.step)
    let means = stride(from: 0, through: values.count - ratio, by: ratio).map { start in
      let known = values[start..<(start + ratio)].filter { !$0.isNaN }
      return 2 * known.count >= ratio ? known.reduce(0, +) / Double(known.count) : .nan
    }
    return Trace(name: name, step: self.step * ratio, values: means)
  }

  private static func rates(of file: String) throws -> [Double] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst()
      .map { line in
        Double(line.split(separator: ",", omittingEmptySubsequences: false).last ?? "") ?? .nan
      }
  }
}
