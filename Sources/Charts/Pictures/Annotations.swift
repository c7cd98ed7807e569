/// A named stretch of time: a sale, an outage, a fault that was injected.
public struct EventSpan: Sendable, Equatable {
  public let name: String
  /// Unix seconds.
  public let from: Double
  public let to: Double

  public init(name: String, from: Double, to: Double) {
    self.name = name
    self.from = from
    self.to = to
  }

  func draw(on canvas: inout Canvas, plot: Area, time: Scale) {
    let left = max(plot.left, time.position(from))
    let right = min(plot.right, time.position(to))
    guard left < plot.right, right > plot.left, left <= right else { return }
    let area = Area(left: left, top: plot.top, right: max(right, left + 1.5), bottom: plot.bottom)
    canvas.rectangle(area, style: "event", title: name)
    let room = max(area.width - 6, min(220, plot.right - left - 6))
    let label = TextWidth.fitted(name, size: canvas.textSize * 0.9, limit: room)
    canvas.text(label, left + 4, plot.top + canvas.textSize + 1, style: "note halo")
  }
}

/// A level worth knowing: a limit, an objective, a commitment.
public struct Threshold: Sendable, Equatable {
  public let label: String
  public let value: Double
  /// Whether the axis must reach it; otherwise it shows where the data come near.
  public let alwaysInView: Bool

  public init(label: String, value: Double, alwaysInView: Bool = true) {
    self.label = label
    self.value = value
    self.alwaysInView = alwaysInView
  }

  func draw(on canvas: inout Canvas, plot: Area, y: Double, format: ValueFormat) {
    guard y.isFinite, y >= plot.top - 0.5, y <= plot.bottom + 0.5 else { return }
    canvas.line(plot.left, y, plot.right, y, style: "threshold")
    let above = y - 5 > plot.top + canvas.textSize
    canvas.text(
      label + " " + format.text(value), plot.right - 4,
      above ? y - 5 : y + canvas.textSize + 2, anchor: .end, style: "note halo")
  }
}

/// The line between what was and what is expected.
struct NowLine {
  let x: Double

  func draw(on canvas: inout Canvas, plot: Area) {
    canvas.line(x, plot.top - 6, x, plot.bottom, style: "now")
    canvas.text("now", x, plot.top - 9, anchor: .middle, style: "label strong")
  }
}

/// Labels at the right ends of lines, moved apart.
struct EndLabels {
  let layers: [Layer]

  func draw(on canvas: inout Canvas, plot: Area, value: Scale) {
    let labelled = layers.filter { $0.endLabel != nil && $0.lastValue != nil }
    let wanted = labelled.map { value.position($0.lastValue ?? 0) }
    let placed = LabelPlacement.spread(
      wanted, spacing: canvas.textSize * 1.25, within: plot.top...plot.bottom)
    for (layer, y) in zip(labelled, placed) {
      canvas.text(
        layer.endLabel ?? "", plot.right + 8, y + canvas.textSize * 0.35,
        style: "label strong fill \(layer.ink.style)")
    }
  }
}
