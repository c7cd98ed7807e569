/// What a chunk's row says in plain columns, for people with `sqlite3`.
struct ChunkSummary {
  var points = 0
  var first = Int64.max
  var last = Int64.min
  /// The smallest point; of condensed points the smallest mean.
  var smallest = Double.infinity
  /// The plain mean of the points.
  var mean = 0.0
  var largest = 0.0

  /// - Precondition: not empty.
  init(of sections: [Section]) {
    var sum = 0.0
    for section in sections {
      points += section.times.count
      first = min(first, section.times.first ?? first)
      last = max(last, section.times.last ?? last)
      for index in section.times.indices {
        let value = section.mean(at: index)
        sum += value
        smallest = min(smallest, value)
        largest = max(largest, section.largest(at: index))
      }
    }
    mean = sum / Double(points)
  }
}
