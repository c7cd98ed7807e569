import Domain

/// What one remote-write request asks for: samples to store, and what will be remembered of its
/// series once they are stored.
struct RemoteWriteBatch {
  var samples: [Sample] = []
  /// The series behind each sample, as a number of the table.
  var origins: [Int] = []
  /// Where counters stand after this request, the last entry of each counts; nil where it ended.
  var bases: [(series: Int, base: CounterBase?)] = []
  /// Told from others under way at the same time.
  var request = 0
  /// Numbers of the table mean something only in the epoch in which they were given out.
  var epoch = 0
  var notes = RemoteWriteNotes()
}

/// Where a counter stood.
struct CounterBase: Equatable {
  var milliseconds: Int64
  var value: Double
}

/// Samples that did not become stored ones, by reason.
struct RemoteWriteNotes {
  /// What is only counted: nothing is wrong with the sender.
  enum Passed: String {
    /// The mapping does not list the metric.
    case unmapped
    /// A stale marker: the series ended.
    case stale
    /// Another replica of the sender is heard for this series.
    case replica
    /// A counter's sample before its newest one: repeated after a lost answer, or too late to tell.
    case outOfOrder = "out_of_order"
    /// The service is not configured.
    case unknownService = "unknown_service"
  }

  /// What the sender should be told.
  enum Refused: String {
    case notFinite = "not_finite"
    case negative
    case outOfRange = "out_of_range"
    case inTheFuture = "in_the_future"
    case conflict
    case noService = "no_service"
    case badService = "bad_service"
    /// Another series feeds the same service and metric.
    case ambiguous = "ambiguous_result"
  }

  private(set) var counts: [String: Int] = [:]
  private(set) var refused = 0
  /// Sentences about the first refused samples.
  private(set) var sentences: [String] = []
  /// Whether new series were turned away because there are too many.
  var hasTooManySeries = false

  private static let mostSentences = 5

  mutating func pass(_ reason: Passed, count: Int = 1) {
    counts[reason.rawValue, default: 0] += count
  }

  mutating func refuse(_ reason: Refused, count: Int = 1, _ sentence: () -> String) {
    refuse(reason.rawValue, count: count, sentence)
  }

  mutating func refuse(_ reason: String, count: Int = 1, _ sentence: () -> String) {
    counts[reason, default: 0] += count
    refused += count
    if sentences.count < Self.mostSentences { sentences.append(sentence()) }
  }

  mutating func tooManySeries(count: Int) {
    counts["too_many_series", default: 0] += count
    hasTooManySeries = true
  }
}
