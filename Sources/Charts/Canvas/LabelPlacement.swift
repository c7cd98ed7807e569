/// Finds places for the labels of points so that no two texts overlap.
///
/// Greedy, in the order given (most important first): right, left, above and below the point, then
/// farther out with a leader line. A label for which no place is free is left out; its text is still
/// in the point's title and in the data table.
struct LabelPlacement {
  struct Placed: Equatable {
    let area: Area
    /// From the point to the label, where the label had to move away.
    let needsLeader: Bool
  }

  private let bounds: Area
  private var taken: [Area]

  /// - Parameter obstacles: what labels must not cover (the points themselves).
  init(bounds: Area, obstacles: [Area]) {
    self.bounds = bounds
    taken = obstacles
  }

  /// The area for a label of `width` × `height` beside the point at (`x`, `y`), or nil.
  mutating func place(x: Double, y: Double, width: Double, height: Double) -> Placed? {
    for distance in [9.0, 16, 26, 40, 58, 80] {
      for (dx, dy) in Self.directions {
        let centreX = x + dx * (distance + width / 2)
        let centreY = y + dy * (distance + height / 2 - 3)
        let area = Area(
          left: centreX - width / 2, top: centreY - height / 2,
          right: centreX + width / 2, bottom: centreY + height / 2)
        guard bounds.contains(area), !taken.contains(where: area.overlaps) else { continue }
        taken.append(area)
        return Placed(area: area, needsLeader: distance > 16)
      }
    }
    return nil
  }

  private static let directions: [(Double, Double)] = [
    (1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1), (0.5, -1), (-0.5, 1),
    (0.5, 1), (-0.5, -1),
  ]

  /// Moves the middles of a column of labels apart, at least `spacing` between neighbours and inside
  /// `bounds`, each as near to where it wants to be as its order allows.
  static func spread(_ wanted: [Double], spacing: Double, within bounds: ClosedRange<Double>)
    -> [Double]
  {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    var placed = wanted
    var floor = bounds.lowerBound
    for index in order {
      placed[index] = max(wanted[index], floor)
      floor = placed[index] + spacing
    }
    var ceiling = bounds.upperBound
    for index in order.reversed() {
      placed[index] = min(placed[index], ceiling)
      ceiling = placed[index] - spacing
    }
    return placed
  }
}
