/// Exact quantiles of the waits of all admitted requests.
///
/// Each step counts with its admitted requests at the middle of its first and last wait. Steps
/// without any wait, nearly all of them, are kept as one sum; memory grows with the others only.
struct WaitQuantiles: Sendable {
  private var waiting: [(wait: Double, weight: Double)] = []
  private var weightWithoutWait = 0.0

  mutating func add(wait: Double, weight: Double) {
    if wait == 0 {
      weightWithoutWait += weight
    } else {
      waiting.append((wait, weight))
    }
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
