extension DurationCurve {
  public func draw(on canvas: inout Canvas) {
    let size = canvas.textSize
    let top =
      6 + Legend(entries: entries).draw(on: &canvas, left: 10, right: canvas.width - 10, top: 4)
    let highest = max(envelope?.upper.first ?? 0, values.first ?? 0, commitment ?? 0)
    let ticks = ValueTicks.linear(from: 0, to: highest > 0 ? highest * 1.02 : 1, count: 5)
    let plotTop = top + size * 2.2
    let plot = Area(
      left: 54, top: plotTop, right: canvas.width - 16,
      bottom: plotTop + (canvas.layout == .wide ? 240 : 200))
    let value = Scale(
      from: ticks.lowest, to: ticks.highest, start: plot.bottom, end: plot.top)
    let share = Scale(from: 0, to: 1, start: plot.left, end: plot.right)
    let axes = Axes(plot: plot)
    axes.drawAcross(
      ValueTicks.linear(from: 0, to: 1, count: canvas.layout == .wide ? 10 : 4), scale: share,
      unit: "of the time at least this much", format: .percent, on: &canvas)
    axes.drawValues(ticks, scale: value, unit: unit, format: .number, on: &canvas)
    let periods = Scale(
      from: 0, to: Double(max(1, values.count)), start: plot.left, end: plot.right)
    canvas.clipped(to: plot.grown(by: 1.5)) { canvas in
      for layer in layers { layer.draw(on: &canvas, time: periods, value: value) }
    }
    if let commitment {
      let y = value.position(commitment)
      Threshold(label: "commit to", value: commitment)
        .draw(on: &canvas, plot: plot, y: y, format: .number)
    }
    canvas.height = plot.bottom + size * 3.3
  }

  /// The areas from the bottom up, then the curve.
  private var layers: [Layer] {
    func series(_ values: [Double]) -> TimedValues {
      TimedValues(start: 0, step: 1, values: values)
    }
    var layers: [Layer] = []
    let zero = [Double](repeating: 0, count: values.count)
    if let commitment {
      let used = values.map { min($0, commitment) }
      layers.append(area("committed and used", .committed, zero, used, .inner))
      let over = values.map { max($0, commitment) }
      let line = values.map { _ in commitment }
      layers.append(area("bought on demand", .observed, line, over, .inner))
      layers.append(area("committed and idle", .shortage, used, line, .solid))
    } else {
      layers.append(area("bought on demand", .observed, zero, values, .inner))
    }
    if let envelope {
      layers.append(area("8 of 10 futures", .need, envelope.lower, envelope.upper, .outer))
    }
    layers.append(
      Layer("needed", ink: .need, .steps(series(values), dashed: false, filled: false)))
    return layers
  }

  private func area(
    _ label: String, _ ink: Ink, _ lower: [Double], _ upper: [Double], _ strength: BandStrength
  ) -> Layer {
    func series(_ values: [Double]) -> TimedValues {
      TimedValues(start: 0, step: 1, values: values)
    }
    return Layer(
      label, ink: ink,
      .band(lower: series(lower), upper: series(upper), strength: strength, stepped: true))
  }

  /// What is in the picture; an area of no height is not.
  private var entries: [Legend.Entry] {
    layers.filter { layer in
      guard case .band(let lower, let upper, _, _) = layer.shape else { return true }
      return zip(lower.values, upper.values).contains { $1 > $0 }
    }.compactMap(\.legendEntry)
  }
}
