import Adapters
import Domain
import Storage

/// What a store holds of demand, as series like those of a file.
enum StoredHistory {
  /// The most steps of one series.
  private static let longest = 1_000_000

  /// - Parameters:
  ///   - names: Services; none for all that have rates.
  ///   - file: What refusals call the store.
  ///   - end: What is later is not looked at; nil: the newest.
  static func series(
    of names: [String], in store: Store, file: String, step: Duration, end: Timestamp?
  ) async throws -> [SeriesFile.Series] {
    var series: [SeriesFile.Series] = []
    for service in try services(named: names, in: store, file: file) {
      guard let known = store.seriesInfo(of: service).first(where: { $0.metric == .rate }) else {
        continue
      }
      let covered = known.newest + (known.resolution ?? .seconds(1))
      let last = min(covered, end ?? .latest).floored(to: step)
      let first = max(known.oldest.floored(to: step), last - step * longest)
      guard first < last else {
        throw CommandFailure(
          status: .badInput,
          message: "\(file) holds less than a step of \(step.shortText) of \(service)")
      }
      series.append(
        SeriesFile.Series(
          name: service.name,
          rate: try await store.series(
            of: service, metric: .rate, from: first, to: last, step: step,
            statistic: .interpolatedMean)))
    }
    return series
  }

  private static func services(
    named names: [String], in store: Store, file: String
  ) throws -> [ServiceID] {
    let known = store.seriesInfo().filter { $0.metric == .rate }.map(\.service).sorted()
    guard !names.isEmpty else {
      guard !known.isEmpty else {
        throw CommandFailure(status: .badInput, message: "\(file) holds no rates")
      }
      return known
    }
    return try names.map { name in
      guard let service = known.first(where: { $0.name == name }) else {
        let nearest = known.map(\.name).nearest(to: name).map { "; did you mean `\($0)`?" } ?? ""
        throw CommandFailure(
          status: .badInput, message: "\(file) holds no rates of `\(name)`\(nearest)")
      }
      return service
    }
  }
}
