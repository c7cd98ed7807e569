import Domain

extension PendingBatch {
  /// Batches for a platform that tells only how many are missing: what is missing longer is what was
  /// known before, growth is a new batch, and what arrived is taken from the oldest.
  static func tracking(_ count: Int, known: [PendingBatch], at time: Timestamp) -> [PendingBatch] {
    var batches = known
    let before = known.reduce(0) { $0 + $1.count }
    if count > before { batches.append(PendingBatch(count: count - before, since: time)) }
    var arrived = max(0, before - count)
    while arrived > 0, let first = batches.first {
      let taken = min(arrived, first.count)
      arrived -= taken
      if taken == first.count {
        batches.removeFirst()
      } else {
        batches[0].count -= taken
      }
    }
    return batches
  }
}
