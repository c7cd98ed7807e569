public import Domain
import Foundation

/// Metrics from a series file that another program appends to.
///
/// Only complete lines count. A replaced or shortened file is read anew. A line that is refused makes
/// the reading name it and costs nothing else. The newest row whose interval has begun is the value;
/// after three intervals, at least a minute, without a newer one it is unknown.
public actor FileSource: MetricSource {
  private let path: String
  private let names: [ServiceID: String]
  private var tail: FileTail
  private var parser: SeriesFileParser
  private var newest: [String: RecentRows] = [:]
  private var problem: String?

  /// - Parameter names: What services are called in the file's `series` column, where that is not
  ///   their own name. A file without the column speaks of every service that is asked for.
  public init(path: String, names: [ServiceID: String] = [:]) {
    self.path = path
    self.names = names
    tail = FileTail(path: path)
    parser = SeriesFileParser(file: path)
  }

  public func observe(
    _ services: [ServiceID], at time: Timestamp, deadline: Duration
  ) async -> [MetricReading] {
    readNews()
    return services.map { service in
      let name = names[service] ?? service.name
      guard let rows = newest[name] ?? newest[""] else {
        return MetricReading(problem: problem ?? "\(path) has no row of \(name)")
      }
      guard let row = rows.row(at: time) else {
        return MetricReading(problem: problem ?? "the rows of \(path) begin after \(time)")
      }
      guard time <= row.time + rows.patience else {
        return MetricReading(problem: problem ?? "the newest row of \(path) is of \(row.time)")
      }
      return MetricReading(
        rate: row.rate.isNaN ? nil : row.rate, queue: row.queue.isNaN ? nil : row.queue,
        problem: problem ?? (row.rate.isNaN ? "the row of \(row.time) has no rate" : nil))
    }
  }

  /// The whole file, cut to `[from, to)`.
  public func history(
    of service: ServiceID, from: Timestamp, to: Timestamp
  ) async throws(SourceError) -> TimeSeries? {
    let file: SeriesFile
    do throws(SeriesFileError) {
      file = try SeriesFile(path: path)
    } catch {
      throw .malformed(error.description)
    }
    let name = names[service] ?? service.name
    let series = file.series.first { $0.name == name } ?? file.series.first { $0.name.isEmpty }
    return series?.rate.slice(from: from, to: to)
  }

  private func readNews() {
    let news = tail.read()
    if news.isNew {
      parser = SeriesFileParser(file: path)
      newest = [:]
      problem = nil
    }
    if let trouble = news.problem { problem = trouble }
    for line in news.lines {
      do throws(SeriesFileError) {
        try parser.consume(line)
        problem = nil
      } catch {
        problem = error.description
        parser.skipLine()
      }
    }
    for rows in parser.takeRows() where !rows.times.isEmpty {
      newest[rows.name, default: RecentRows()].add(rows)
    }
  }
}

/// The last few rows of one series.
private struct RecentRows {
  struct Row {
    var time: Timestamp
    var rate: Double
    var queue: Double
  }

  /// Ascending; a writer may be some rows ahead of our clock.
  private var rows: [Row] = []
  private static let kept = 16

  mutating func add(_ new: SeriesRows) {
    for index in new.times.indices.suffix(Self.kept) {
      let row = Row(
        time: Timestamp(seconds: new.times[index]), rate: new.rate[index],
        queue: new.queue.isEmpty ? .nan : new.queue[index])
      rows.removeAll { $0.time == row.time }
      let position = rows.firstIndex { $0.time > row.time } ?? rows.endIndex
      rows.insert(row, at: position)
    }
    rows.removeFirst(max(0, rows.count - Self.kept))
  }

  func row(at time: Timestamp) -> Row? { rows.last { $0.time <= time } }

  var patience: Duration {
    guard rows.count > 1 else { return .seconds(60) }
    let steps = zip(rows, rows.dropFirst()).map { $1.time.since($0.time) }.sorted()
    return max(.seconds(60), steps[steps.count / 2] * 3)
  }
}
