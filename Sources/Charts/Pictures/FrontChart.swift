/// Policies as points: cost across, violation up. Down and to the left is better; the line joins the
/// points that no other beats on both.
public struct FrontChart: Picture {
  public struct Point: Sendable, Equatable {
    public let label: String
    /// In the unit of `costFormat`.
    public let cost: Double
    /// A fraction of time or requests.
    public let violation: Double
    public let ink: Ink
    /// What the point is among the others.
    public let role: Role

    public enum Role: Sendable, Equatable {
      case ordinary
      /// Drawn larger and labelled first.
      case emphasised
      /// Nothing that anyone can run (an oracle, a perfect forecast): drawn hollow, not on the front,
      /// not called the cheapest.
      case reference
    }

    public init(
      _ label: String, cost: Double, violation: Double, ink: Ink = .observed,
      role: Role = .ordinary
    ) {
      self.label = label
      self.cost = cost
      self.violation = violation
      self.ink = ink
      self.role = role
    }

    var isDrawable: Bool { cost.isFinite && violation.isFinite && violation >= 0 }
  }

  public let caption: Caption
  public let points: [Point]
  public let costLabel: String
  public let costFormat: ValueFormat
  public let violationLabel: String
  /// The violation that is allowed, drawn as a line; none if nil.
  public let objective: Double?
  /// Violations at or below this sit on the axis, which reads "0".
  public let floor: Double

  /// - Parameters:
  ///   - floor: a fraction above 0; what is smaller cannot be told apart.
  public init(
    identifier: String, title: String = "Cost against violation", points: [Point],
    costLabel: String = "cost over the oracle", costFormat: ValueFormat = .ratio,
    violationLabel: String = "violation", objective: Double? = nil, floor: Double = 1e-5
  ) {
    precondition(floor > 0, "the axis of violations is logarithmic")
    self.points = points
    self.costLabel = costLabel
    self.costFormat = costFormat
    self.violationLabel = violationLabel
    self.objective = objective
    self.floor = floor
    let within = objective.map { limit in
      points.filter { $0.isDrawable && $0.role != .reference && $0.violation <= limit }
    }
    let runnable = points.count { $0.role != .reference }
    var summary = "\(runnable) policies; down and to the left is better."
    if let best = within?.min(by: { $0.cost < $1.cost }) {
      summary +=
        " The cheapest inside the objective is \(best.label): \(costFormat.text(best.cost)) at "
        + "\(ValueFormat.percent.text(best.violation))."
    } else if objective != nil {
      summary += " None is inside the objective."
    }
    caption = Caption(identifier: identifier, title: title, summary: summary)
  }

  public var table: DataTable {
    DataTable(
      headings: ["Policy", costLabel, violationLabel],
      rows: points.map {
        [
          $0.label, costFormat.text($0.cost, significant: 4),
          ValueFormat.percent.text($0.violation),
        ]
      })
  }

  /// The points that no other beats on both counts, by ascending cost; without the references.
  static func front(of points: [Point]) -> [Point] {
    var front: [Point] = []
    let sorted = points.filter { $0.isDrawable && $0.role != .reference }.sorted {
      ($0.cost, $0.violation) < ($1.cost, $1.violation)
    }
    for point in sorted where point.violation < front.last?.violation ?? .infinity {
      front.append(point)
    }
    return front
  }

  public func draw(on canvas: inout Canvas) {
    let drawn = points.filter(\.isDrawable)
    let top = canvas.textSize * 2.2
    let height = canvas.layout == .wide ? 330.0 : 300.0
    let plot = Area(left: 62, top: top, right: canvas.width - 18, bottom: top + height)
    let (costTicks, cost) = costAxis(drawn, plot: plot, layout: canvas.layout)
    let (violationTicks, violation) = violationAxis(drawn, plot: plot)
    let axes = Axes(plot: plot)
    axes.drawAcross(costTicks, scale: cost, unit: costLabel, format: costFormat, on: &canvas)
    drawViolations(violationTicks, violation, plot: plot, on: &canvas)
    if let objective, objective > floor {
      Threshold(label: "objective", value: objective)
        .draw(on: &canvas, plot: plot, y: violation.position(objective), format: .percent)
    }
    let most = Self.mostShown(from: drawn)
    let corners = Self.front(of: drawn).map { point in
      (x: cost.position(min(point.cost, most)), y: violation.position(point.violation))
    }
    drawFront(corners, on: &canvas)
    var lines = Self.segments(of: corners)
    if let objective {
      let y = violation.position(objective)
      lines.append(Area(left: plot.left, top: y - 1, right: plot.right, bottom: y + 1))
    }
    drawPoints(drawn, cost, violation, plot: plot, avoiding: lines, on: &canvas)
    canvas.height = plot.bottom + canvas.textSize * 3.3
  }

  /// Ticks inside the costs' own range: an axis of ratios that began at a round number would begin
  /// at half the oracle's cost. It ends at three times the least cost: one policy at twenty times
  /// must not press the others together, so what costs more stands at the end, under its figure.
  private func costAxis(_ drawn: [Point], plot: Area, layout: Layout) -> (ValueTicks, Scale) {
    let costs = drawn.map(\.cost)
    let low = costs.min() ?? 0
    let high = min(costs.max() ?? 1, Self.mostShown(from: drawn))
    let margin = max((high - low) * 0.06, high.magnitude * 0.02, 1e-9)
    let (start, end) = (low - margin, high + margin)
    let ticks = ValueTicks.linear(from: start, to: end, count: layout == .wide ? 8 : 4)
    return (
      ticks.inside(start...end),
      Scale(.linear, from: start, to: end, start: plot.left, end: plot.right)
    )
  }

  /// The highest cost that has a place of its own on the axis.
  static func mostShown(from points: [Point]) -> Double {
    let least = points.filter(\.isDrawable).map(\.cost).min() ?? 0
    return least > 0 ? 3 * least : .infinity
  }

  private func violationAxis(_ drawn: [Point], plot: Area) -> (ValueTicks, Scale) {
    let highest = max(drawn.map(\.violation).max() ?? 0, objective ?? 0, floor * 20)
    // A share ends at all of it.
    let ticks = ValueTicks.logarithmic(from: floor, to: min(highest * 1.5, max(highest, 1)))
    return (
      ticks,
      Scale(.logarithmic, from: ticks.lowest, to: ticks.highest, start: plot.bottom, end: plot.top)
    )
  }

  private func drawViolations(
    _ ticks: ValueTicks, _ scale: Scale, plot: Area, on canvas: inout Canvas
  ) {
    for tick in ticks.values {
      let y = scale.position(tick)
      let isFloor = tick == ticks.lowest
      canvas.line(plot.left, y, plot.right, y, style: isFloor ? "axis" : "grid")
      canvas.text(
        isFloor ? "0" : ValueFormat.percent.text(tick), plot.left - 7, y + canvas.textSize * 0.35,
        anchor: .end)
    }
    canvas.text(violationLabel, 10, plot.top - 11)
  }

  private func drawFront(_ corners: [(x: Double, y: Double)], on canvas: inout Canvas) {
    var path = PathData()
    for corner in corners {
      if path.isEmpty { path.move(corner.x, corner.y) } else { path.step(corner.x, corner.y) }
    }
    canvas.path(path, style: "front")
  }

  /// The stretches of the front's line, as areas that labels keep off.
  private static func segments(of corners: [(x: Double, y: Double)]) -> [Area] {
    zip(corners, corners.dropFirst()).flatMap { from, to in
      [
        Area(left: from.x, top: from.y - 1, right: to.x, bottom: from.y + 1),
        Area(left: to.x - 1, top: from.y, right: to.x + 1, bottom: to.y),
      ]
    }
  }

  private func drawPoints(
    _ drawn: [Point], _ cost: Scale, _ violation: Scale, plot: Area, avoiding lines: [Area],
    on canvas: inout Canvas
  ) {
    let ordered =
      drawn.filter { $0.role == .emphasised } + drawn.filter { $0.role != .emphasised }
    let most = Self.mostShown(from: drawn)
    let places = ordered.map { point in
      (x: cost.position(min(point.cost, most)), y: violation.position(point.violation))
    }
    let dots = places.map { Area(left: $0.x, top: $0.y, right: $0.x, bottom: $0.y).grown(by: 6) }
    var placement = LabelPlacement(
      bounds: Area(left: plot.left + 2, top: 4, right: canvas.width - 4, bottom: plot.bottom - 2),
      obstacles: dots + lines)
    for (point, place) in zip(ordered, places) {
      let size = canvas.textSize
      let name =
        point.cost > most ? "\(point.label): \(costFormat.text(point.cost)) →" : point.label
      let label = TextWidth.fitted(name, size: size, limit: plot.width * 0.45)
      let placed = placement.place(
        x: place.x, y: place.y, width: TextWidth.of(label, size: size), height: size * 1.15)
      if let placed {
        if placed.needsLeader {
          let edge = min(max(place.x, placed.area.left), placed.area.right)
          let middle = (placed.area.top + placed.area.bottom) / 2
          canvas.line(place.x, place.y, edge, middle, style: "leader")
        }
        canvas.text(
          label, (placed.area.left + placed.area.right) / 2, placed.area.bottom - size * 0.25,
          anchor: .middle, style: point.role == .emphasised ? "label strong halo" : "label halo")
      }
    }
    for (point, place) in zip(ordered, places).reversed() {
      canvas.circle(
        place.x, place.y, radius: point.role == .emphasised ? 6.5 : 4.5,
        style: (point.role == .reference ? "hollow " : "point ") + point.ink.style,
        title: "\(point.label): \(costFormat.text(point.cost)), "
          + ValueFormat.percent.text(point.violation))
    }
  }
}
