/// Grid, ticks and labels around a plot.
struct Axes {
  let plot: Area

  func drawValues(
    _ ticks: ValueTicks, scale: Scale, unit: String, format: ValueFormat, on canvas: inout Canvas
  ) {
    for tick in ticks.values {
      let y = scale.position(tick)
      canvas.line(
        plot.left, y, plot.right, y, style: tick == ticks.lowest ? "axis" : "grid")
      canvas.text(
        format.text(tick), plot.left - 7, y + canvas.textSize * 0.35, anchor: .end)
    }
    canvas.text(unit, 10, plot.top - 12)
  }

  func drawTime(scale: Scale, offset: UTCOffset, on canvas: inout Canvas) {
    let size = canvas.textSize
    let spacing = canvas.layout == .wide ? 72.0 : 58.0
    let ticks = TimeTicks(
      from: scale.lower, to: scale.upper, offset: offset, count: Int(plot.width / spacing))
    let firstLine = plot.bottom + size * 1.45
    let secondLine = plot.bottom + size * 2.7
    for tick in ticks.ticks {
      let x = scale.position(tick.time)
      canvas.line(
        x, plot.bottom, x, plot.bottom + 4, style: tick.context == nil ? "tick" : "tick strong")
      guard x - 16 >= plot.left - 14, x + 16 <= canvas.width else { continue }
      canvas.text(tick.label, x, firstLine, anchor: .middle)
    }
    // The second line, left to right: what holds at the edge, then each change with room for it, then
    // the zone, with the last change where that stands too far right for itself.
    var zone = offset.label
    let zoneLeft = plot.right - TextWidth.of(zone, size: size)
    let changes = ticks.ticks.compactMap { tick in
      tick.context.map { (text: $0, x: scale.position(tick.time)) }
    }
    let leadingEnd = plot.left + TextWidth.of(ticks.leadingContext, size: size) + 10
    var occupied = plot.left
    if !ticks.leadingContext.isEmpty, changes.first.map({ $0.x > leadingEnd }) ?? true {
      canvas.text(ticks.leadingContext, plot.left, secondLine)
      occupied = leadingEnd
    }
    for change in changes where change.text != ticks.leadingContext || occupied == plot.left {
      let end = change.x + TextWidth.of(change.text, size: size) + 10
      let both = "\(change.text) · \(offset.label)"
      if change.x >= occupied, end <= zoneLeft {
        canvas.text(change.text, change.x, secondLine)
        occupied = end
      } else if end > zoneLeft, plot.right - TextWidth.of(both, size: size) >= occupied {
        zone = both
      }
    }
    canvas.text(zone, plot.right, secondLine, anchor: .end)
  }

  /// The ticks of a horizontal value axis, with its unit at the right end below them.
  func drawAcross(
    _ ticks: ValueTicks, scale: Scale, unit: String, format: ValueFormat, on canvas: inout Canvas
  ) {
    let size = canvas.textSize
    var occupied = -Double.infinity
    for tick in ticks.values {
      let x = scale.position(tick)
      let label = format.text(tick)
      let half = TextWidth.of(label, size: size) / 2
      canvas.line(x, plot.top, x, plot.bottom, style: "grid")
      guard x - half > occupied else { continue }
      canvas.text(
        label, min(x, canvas.width - half - 2), plot.bottom + size * 1.45, anchor: .middle)
      occupied = x + half + 8
    }
    canvas.text(unit, plot.right, plot.bottom + size * 2.8, anchor: .end)
  }
}
