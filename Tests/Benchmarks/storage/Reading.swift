import Adapters
import Domain
import Foundation
import Storage

extension Benchmark {
  /// Bytes of the file per sample, of real traces: every `*.csv` and `*.csv.gz` of a folder.
  static func size(directory: String) async throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: directory)
      .filter { $0.hasSuffix(".csv") || $0.hasSuffix(".csv.gz") }.sorted()
    let together = path()
    defer { remove(together) }
    let store = try Store.open(together)
    var total = 0
    for file in files {
      guard let service = ServiceID(String(file.prefix { $0 != "." })),
        let series = try SeriesFile(path: directory + "/" + file).series.first?.rate
      else { continue }
      total += series.knownCount
      _ = try await store.importSeries(series, service: service, metric: .rate)
      let path = path()
      defer { remove(path) }
      let alone = try Store.open(path)
      _ = try await alone.importSeries(series, service: service, metric: .rate)
      try await alone.close()
      let bytes = Double(fileSize(path)) / Double(series.knownCount)
      print(
        "\(file): \(series.knownCount) samples, \(bytes.shortText) bytes each with a file alone")
    }
    try await store.close()
    let bytes = Double(fileSize(together)) / Double(total)
    print("together: \(total) samples, \(bytes.shortText) bytes each")
  }

  /// Eight weeks of five-minute means of many series: stored as such, and stored as minutes that
  /// the ladder has condensed beyond five weeks.
  static func read(series: Int) async throws {
    let weeks = 8 * 7 * 86_400
    for step in [300, 60] {
      let path = path()
      defer { remove(path) }
      let store = try Store.open(path)
      var generator = Generator(state: 2)
      let names = names(series)
      for name in names {
        let level = Double.random(in: 100...10_000, using: &generator)
        let values = (0..<weeks / step).map { index -> Double in
          let phase = Double(index * step % 86_400) / 86_400
          let mean = level * (1 + 0.5 * sin(2 * .pi * phase))
          let spread = mean.squareRoot()
          return (mean + .random(in: -spread...spread, using: &generator)).rounded()
            / Double(step)
        }
        let whole = TimeSeries(start: start, step: .seconds(step), values: values)
        if step == 300 {
          _ = try await store.importSeries(whole, service: name, metric: .rate)
        } else {
          for day in 0..<weeks / 86_400 {
            let part = (0..<1440).map { minute in
              let index = day * 1440 + minute
              return Sample(
                service: name, metric: .rate, time: whole.time(at: index), value: values[index])
            }
            _ = try await store.append(part, now: endOfTime)
          }
        }
      }
      if step == 60 { try await store.retain(RetentionPolicy(), now: start + .seconds(weeks)) }
      try await store.close()
      let again = try Store.open(path)
      var known = 0
      let cost = try await Cost.of {
        for name in names {
          let means = try await again.series(
            of: name, metric: .rate, from: start, to: start + .seconds(weeks), step: .seconds(300))
          known += means.knownCount
        }
      }
      precondition(known == series * weeks / 300, "\(known)")
      print(cost.line("five-minute means of \(series) series stored every \(step) s", count: known))
      print("file: \(fileSize(path) >> 20) MB")
      try await again.close()
    }
  }

  /// Days of samples every 15 s with retention once a day: what the file holds in the end.
  static func ladder(series: Int, days: Int) async throws {
    let path = path()
    defer { remove(path) }
    let store = try Store.open(path)
    var generator = Generator(state: 3)
    let names = names(series)
    var taken = 0
    let cost = try await Cost.of {
      for day in 0..<days {
        for name in names {
          let level = 40 + 20 * sin(Double(day))
          let samples = (0..<5760).map { index in
            let phase = Double(index) / 5760
            let mean = 15 * level * (1 + 0.5 * sin(2 * .pi * phase))
            let spread = mean.squareRoot()
            let count = (mean + .random(in: -spread...spread, using: &generator)).rounded()
            return Sample(
              service: name, metric: .rate, time: start + .seconds(day * 86_400 + index * 15),
              value: count / 15)
          }
          _ = try await store.append(samples, now: endOfTime)
          taken += samples.count
        }
        try await store.retain(RetentionPolicy(), now: start + .seconds(day * 86_400))
      }
      try await store.close()
    }
    print(cost.line("ingest with retention", count: taken))
    let bytes = fileSize(path)
    let projected = Double(bytes) / Double(series) * 10_000 / 1e9
    print(
      "\(series) series, \(days) days: \(bytes >> 10) KB, so 10,000 series take "
        + "\(projected.shortText) GB")
  }
}
