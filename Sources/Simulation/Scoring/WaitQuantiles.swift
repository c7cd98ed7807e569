import RealModule

/// Exact quantiles of the waits of all admitted requests.
///
/// Each step counts with its admitted requests at the middle of its first and last wait. Steps
/// without any wait, nearly all of them, are kept as one sum. Of the others a quarter of a million
/// are kept as they are; where there are more, waits that differ by less than one in ten thousand
/// are taken together (as the longest of them), so that memory has a bound.
struct WaitQuantiles: Sendable {
  private var waiting: [(wait: Double, weight: Double)] = []
  private var weightWithoutWait = 0.0
  private let limit: Int
  private static let resolution = 1e-4

  init(limit: Int = 1 << 18) {
    self.limit = limit
  }

  mutating func add(wait: Double, weight: Double) {
    if wait == 0 {
      weightWithoutWait += weight
    } else {
      waiting.append((wait, weight))
      if waiting.count >= limit { thin() }
    }
  }

  private mutating func thin() {
    waiting.sort { $0.wait < $1.wait }
    var thinned: [(wait: Double, weight: Double)] = []
    var bucket = -Double.infinity
    for entry in waiting {
      // The buckets stand still, so that a wait moves at most once.
      let own = (Double.log(entry.wait) / Self.resolution).rounded(.down)
      if let last = thinned.last, own == bucket {
        thinned[thinned.count - 1] = (entry.wait, last.weight + entry.weight)
      } else {
        bucket = own
        thinned.append(entry)
      }
    }
    waiting = thinned
  }

  /// For each share, the first wait up to which at least that share of `total` falls; 0 if nothing
  /// was admitted.
  func quantiles(_ shares: [Double], total: Double) -> [Double] {
    let sorted = waiting.sorted { $0.wait < $1.wait }
    return shares.map { share in
      let goal = share * total
      var sum = weightWithoutWait
      guard sum < goal else { return 0 }
      for entry in sorted {
        sum += entry.weight
        if sum >= goal { return entry.wait }
      }
      return sorted.last?.wait ?? 0
    }
  }
}
