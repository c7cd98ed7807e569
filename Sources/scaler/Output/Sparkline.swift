/// A series as a row of block characters, for a terminal.
enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Past and future beside each other on one scale from zero, a bar between them; unknown is a
  /// space.
  static func text(past: some Collection<Double>, future: [Double], width: Int) -> String {
    let left = squeezed(Array(past), into: width)
    let right = squeezed(future, into: width)
    let top = (left + right).filter { !$0.isNaN }.max() ?? 0
    func line(_ values: [Double]) -> String {
      String(
        values.map { value in
          guard !value.isNaN, top > 0 else { return " " }
          return blocks[min(7, max(0, Int(value / top * 7.999)))]
        })
    }
    return line(left) + "│" + line(right)
  }

  /// Means over `width` equal parts.
  private static func squeezed(_ values: [Double], into width: Int) -> [Double] {
    guard values.count > width else { return values }
    return (0..<width).map { part in
      let slice = values[(part * values.count / width)..<((part + 1) * values.count / width)]
      let known = slice.filter { !$0.isNaN }
      return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
    }
  }
}
