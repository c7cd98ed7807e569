import Domain

/// The stretches of a service's past that its source still has to be asked for. They are kept in the
/// store, so that what a failure or a kill left out is asked for later.
struct HistoryGaps: Sendable, Equatable {
  /// Ascending, with something known between any two.
  private(set) var ranges: [Range<Timestamp>] = []

  var newest: Range<Timestamp>? { ranges.last }

  /// Gaps with the same ones are read together.
  var days: [Int64] {
    ranges.flatMap { [$0.lowerBound, $0.upperBound] }.map { $0.seconds / 86_400 }
  }

  mutating func add(_ range: Range<Timestamp>) {
    guard !range.isEmpty else { return }
    let touching = ranges.filter {
      $0.lowerBound <= range.upperBound && range.lowerBound <= $0.upperBound
    }
    ranges.removeAll { touching.contains($0) }
    let low = touching.map(\.lowerBound).reduce(range.lowerBound, min)
    let high = touching.map(\.upperBound).reduce(range.upperBound, max)
    ranges.append(low..<high)
    ranges.sort { $0.lowerBound < $1.lowerBound }
  }

  /// What lies before that is no longer wanted.
  mutating func drop(before time: Timestamp) {
    ranges = ranges.compactMap { range in
      time < range.upperBound ? max(time, range.lowerBound)..<range.upperBound : nil
    }
  }

  /// Everything from there on has been read.
  mutating func close(from time: Timestamp) {
    ranges = ranges.compactMap { range in
      range.lowerBound < time ? range.lowerBound..<min(time, range.upperBound) : nil
    }
  }
}

extension HistoryGaps {
  /// `FROM/TO` for each, apart by spaces; nil if there are none.
  var text: String? {
    guard !ranges.isEmpty else { return nil }
    return ranges.map { "\($0.lowerBound)/\($0.upperBound)" }.joined(separator: " ")
  }

  /// What cannot be read is left out.
  init(_ text: String) {
    for part in text.split(separator: " ") {
      let bounds = part.split(separator: "/").compactMap { Timestamp(parsing: String($0)) }
      guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
      add(bounds[0]..<bounds[1])
    }
  }
}
