/// A history without gaps: where nothing is known, what a cautious Holt-Winters model expected.
struct FilledSeries {
  /// In units of the series, all finite and ≥ 0.
  let values: [Double]
  /// Which of them were observed.
  let known: [Bool]

  init(
    _ values: [Double], seasons: Seasons, positions: [SeasonPositions]?
  ) throws(FitFailure) {
    let known = values.map { $0 >= 0 && $0.isFinite }
    self.known = known
    if !known.contains(false) {
      self.values = values
      return
    }
    let transform = Transform.logarithm(for: values)
    let series = try HoltWintersSeries(
      values: values, seasons: seasons, transform: transform, positions: positions)
    let start = HoltWintersStart(series)
    var model = HoltWinters(
      seasons: seasons, transform: transform, parameters: .cautious(seasons: seasons),
      level: start.states.level, trend: 0, seasonal: start.states.seasonal,
      innovationBound: start.states.innovationBound, smallestInnovationBound: start.floor,
      residual: 0, range: series.range)
    var filled = values
    for step in values.indices {
      let at = positions?[step] ?? seasons.positions(ofStep: step)
      if !known[step] { filled[step] = model.forecast(at: at, stepsAhead: 1) }
      model.advance(known[step] ? values[step] : nil, at: at)
    }
    self.values = filled
  }
}
