/// Values against time: lines, steps, bands, events, thresholds and a now line on one grid.
///
/// The value axis begins at zero, for what it shows (rates, replicas, queues, money) does.
public struct TimeChart: Picture {
  public let caption: Caption
  /// What the value axis counts: `requests/s`, `replicas`.
  public let unit: String
  /// Unix seconds shown, from edge to edge.
  public let range: ClosedRange<Double>
  public let offset: UTCOffset
  /// Drawn in this order, the first at the bottom.
  public let layers: [Layer]
  public var events: [EventSpan] = []
  public var thresholds: [Threshold] = []
  /// Unix seconds of the line marked "now"; none where nil or outside the range.
  public var now: Double?
  /// Whether values between integers make no sense (replicas).
  public var wholeNumbers = false
  /// Height of the plot in units, per layout.
  public var plotHeight = (wide: 230.0, narrow: 190.0)
  /// The range to draw a closer look at is the caller's; the table covers what is given.
  public var table: DataTable

  public init(
    caption: Caption, unit: String, range: ClosedRange<Double>, offset: UTCOffset,
    layers: [Layer], table: DataTable? = nil
  ) {
    self.caption = caption
    self.unit = unit
    // A picture of an instant would have no width.
    self.range =
      range.upperBound > range.lowerBound
      ? range : range.lowerBound...(range.lowerBound + 1)
    self.offset = offset
    self.layers = layers
    self.table =
      table ?? DataTable(columns: layers.flatMap(\.columns), within: range, offset: offset)
  }

  public func draw(on canvas: inout Canvas) {
    let legend = Legend(entries: legendEntries)
    let top = 6 + legend.draw(on: &canvas, left: 10, right: canvas.width - 10, top: 4)
    let ticks = valueTicks(layout: canvas.layout)
    let plot = plotArea(on: canvas, below: top, ticks: ticks)
    let time = Scale(
      from: range.lowerBound, to: range.upperBound, start: plot.left, end: plot.right)
    let value = Scale(
      from: ticks.lowest, to: ticks.highest, start: plot.bottom, end: plot.top)
    let axes = Axes(plot: plot)
    axes.drawValues(ticks, scale: value, unit: unit, format: .number, on: &canvas)
    axes.drawTime(scale: time, offset: offset, on: &canvas)
    for event in events { event.draw(on: &canvas, plot: plot, time: time) }
    canvas.clipped(to: plot.grown(by: 1.5)) { canvas in
      for layer in layers { layer.draw(on: &canvas, time: time, value: value) }
    }
    for threshold in thresholds {
      threshold.draw(on: &canvas, plot: plot, y: value.position(threshold.value), format: .number)
    }
    if let now, range.contains(now) {
      NowLine(x: time.position(now)).draw(on: &canvas, plot: plot)
    }
    EndLabels(layers: layers).draw(on: &canvas, plot: plot, value: value)
    canvas.height = plot.bottom + canvas.textSize * 3.1
  }

  private var legendEntries: [Legend.Entry] {
    layers.compactMap { $0.endLabel == nil ? $0.legendEntry : nil }
  }

  private func plotArea(on canvas: Canvas, below top: Double, ticks: ValueTicks) -> Area {
    let labels = ticks.values.map { CompactNumber.text($0) }
    let widest = labels.map { TextWidth.of($0, size: canvas.textSize) }.max() ?? 0
    let endLabels = layers.compactMap(\.endLabel)
      .map { TextWidth.of($0, size: canvas.textSize) }.max()
    // Charts stacked above each other share their left edge as long as their labels are usual.
    let left = max(canvas.layout == .wide ? 46 : 40, widest + 12)
    let topOfPlot = top + canvas.textSize * 2
    let height = canvas.layout == .wide ? plotHeight.wide : plotHeight.narrow
    return Area(
      left: left, top: topOfPlot, right: canvas.width - max(14, (endLabels ?? 0) + 14),
      bottom: topOfPlot + height)
  }

  private func valueTicks(layout: Layout) -> ValueTicks {
    var highest = thresholds.filter(\.alwaysInView).map(\.value).filter(\.isFinite).max() ?? 0
    for layer in layers { highest = max(highest, layer.highest(within: range)) }
    let height = layout == .wide ? plotHeight.wide : plotHeight.narrow
    return ValueTicks.linear(
      from: 0, to: highest > 0 ? highest * 1.02 : 1, count: max(2, Int(height / 48)),
      wholeNumbers: wholeNumbers)
  }
}

extension Area {
  func grown(by margin: Double) -> Area {
    Area(left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin)
  }
}
